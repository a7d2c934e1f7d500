package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.router.routing.UploadRouter.Outcome;
import java.util.List;

/** Answers of kinds that files define; what is not taken is told as RFC 9457 has it. */
record ProblemAnswers() implements Answers {

  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final int OK = 200;

  /** Each is in the dead letters, too. */
  private static final int MOST_TROUBLES = 20;

  @Override
  public Answer accepted(Upload upload, Outcome outcome) {
    if (upload.records().isEmpty() && !upload.unreadable().isEmpty()) {
      Answer refused = refused(Problem.NO_RECORD, 0);
      addItems(refused.body(), upload);
      return refused;
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    addItems(answer, upload);
    return new Answer(OK, JSON, answer);
  }

  @Override
  public Answer refused(Problem problem, long limit) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "urn:crossfade:problem:" + problem.label())
            .put("title", problem.words(limit))
            .put("status", problem.status());
    return new Answer(problem.status(), PROBLEM, body);
  }

  private static void addItems(ObjectNode answer, Upload upload) {
    Upload.Items items = upload.items();
    answer
        .put("accepted", items.read())
        .put("repeated", items.repeats())
        .put("dead_lettered", items.failed());
    List<String> troubles = upload.troubles();
    if (!troubles.isEmpty()) {
      ArrayNode told = answer.putArray("problems");
      troubles.stream().limit(MOST_TROUBLES).forEach(told::add);
    }
  }
}
