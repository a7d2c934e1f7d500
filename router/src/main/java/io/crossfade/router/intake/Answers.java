package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.Kind;
import io.crossfade.router.routing.UploadRouter.Outcome;

/** What is said to those who upload. */
interface Answers {

  /**
   * An answer.
   *
   * @param status of HTTP
   */
  record Answer(int status, String contentType, ObjectNode body) {}

  /** For an upload whose records, if it has any, are all accepted. */
  Answer accepted(Upload upload, Outcome outcome);

  /**
   * For an upload that is not taken.
   *
   * @param limit that it passed, where it passed one
   */
  Answer refused(Problem problem, long limit);

  /** Those of a kind's endpoint. */
  static Answers of(Kind kind, boolean v2) {
    return kind.definition() instanceof DefinedKind
        ? new ProblemAnswers()
        : new WatchAnswers(kind, v2);
  }
}
