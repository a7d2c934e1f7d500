package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.Kind;
import io.crossfade.router.routing.UploadRouter.Outcome;

/** The answers that devices know, old shape and v2. */
final class Answers {

  static final String EMPTY_BODY = "请求体不能为空";
  static final String NO_DEVICE_ID = "设备ID不能为空";
  static final String QUEUE_FULL = "处理队列已满，请稍后重试";
  static final String STARTING = "服务尚未就绪，请稍后重试";
  static final String NO_TOKEN = "设备令牌无效";
  static final String TOO_LARGE = "请求体过大";
  static final String TOO_SLOW = "请求体接收过慢，请稍后重试";
  static final String INTERNAL = "服务器内部错误，请稍后重试";
  private static final String UNREADABLE = "数据无法识别，已记录";
  private static final String ACCEPTED = "数据已接收";

  private Answers() {}

  static ObjectNode error(String message) {
    return JsonNodeFactory.instance.objectNode().put("status", "error").put("message", message);
  }

  /** For an upload whose records, if it has any, are all accepted. */
  static ObjectNode accepted(Kind kind, Upload upload, Outcome outcome, boolean v2) {
    boolean nothing = upload.records().isEmpty() && !upload.unreadable().isEmpty();
    ObjectNode answer =
        nothing
            ? error(
                upload.reasons().contains(UnreadableReason.NO_DEVICE_ID)
                    ? NO_DEVICE_ID
                    : UNREADABLE)
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
      addOne(answer, kind, upload.records().getFirst());
    }
    return answer;
  }

  private static void addOne(ObjectNode answer, Kind kind, AcceptedRecord first) {
    if (kind.equals(Kind.DEVICE)) {
      answer.put("request_id", first.acceptance().id().toString());
    } else if (first instanceof CommonEvent event) {
      answer.put("event_type", event.eventType()).put("device_sn", event.deviceSn());
    }
  }
}
