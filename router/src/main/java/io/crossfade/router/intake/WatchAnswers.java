package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.Kind;
import io.crossfade.router.routing.UploadRouter.Outcome;

/** The answers that watches know, old shape and v2. */
record WatchAnswers(Kind kind, boolean v2) implements Answers {

  private static final String JSON = "application/json;charset=UTF-8";
  private static final int OK = 200;
  private static final String NO_DEVICE_ID = "设备ID不能为空";
  private static final String ACCEPTED = "数据已接收";

  @Override
  public Answer accepted(Upload upload, Outcome outcome) {
    boolean nothing = upload.records().isEmpty() && !upload.unreadable().isEmpty();
    ObjectNode answer =
        nothing
            ? error(
                upload.reasons().contains(UnreadableReason.NO_DEVICE_ID)
                    ? NO_DEVICE_ID
                    : Problem.NO_RECORD.forWatches(0))
            : JsonNodeFactory.instance
                .objectNode()
                .put("status", v2 ? "accepted" : "success")
                .put("message", ACCEPTED);
    if (!nothing && v2) {
      answer.put(
          "stream_id", outcome.streamIds().isEmpty() ? null : outcome.streamIds().getFirst());
      answer.put("processing", "async");
    }
    if (upload.list()) {
      Upload.Items items = upload.items();
      answer
          .putObject("details")
          .put("success", items.read())
          .put("duplicate", items.repeats())
          .put("error", items.failed());
    } else if (!nothing) {
      addOne(answer, upload.records().getFirst());
    }
    return new Answer(OK, JSON, answer);
  }

  @Override
  public Answer refused(Problem problem, long limit) {
    return new Answer(problem.status(), JSON, error(problem.forWatches(limit)));
  }

  private static ObjectNode error(String message) {
    return JsonNodeFactory.instance.objectNode().put("status", "error").put("message", message);
  }

  private void addOne(ObjectNode answer, AcceptedRecord first) {
    if (kind.equals(Kind.DEVICE)) {
      answer.put("request_id", first.acceptance().id().toString());
    } else if (first instanceof CommonEvent event) {
      answer.put("event_type", event.eventType()).put("device_sn", event.deviceSn());
    }
  }
}
