package io.crossfade.router;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Uploads of 2 MB. Made once per sort: whoever sends them shares the router's processors. */
final class LargeUpload {

  private static final String DEVICE = "@";
  private static final Map<Integer, String> BODIES = new ConcurrentHashMap<>();

  private LargeUpload() {}

  /**
   * @param items measurements; few are large by a fact of theirs, none at all is 650,000 empty
   *     objects
   */
  static byte[] body(String device, int items) {
    return BODIES
        .computeIfAbsent(items, sort -> body(sort))
        .replace(DEVICE, device)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String body(int items) {
    if (items == 0) {
      return "[" + "{},".repeat(650_000) + "{}]";
    }
    int filler = items == 5_000 ? 0 : 1_900_000 / items;
    String fact =
        filler == 0 ? "" : ",\"workoutData\":\"{\\\"data\\\":\\\"" + "x".repeat(filler) + "\\\"}\"";
    StringBuilder body = new StringBuilder("{\"data\":[");
    for (int i = 0; i < items; i++) {
      body.append(i == 0 ? "" : ",")
          .append(
              "{\"deviceSn\":\"%s\",\"heart_rate\":72,\"timestamp\":%d%s}"
                  .formatted(DEVICE, 1_757_808_900 + i, fact));
    }
    return body.append("]}").toString();
  }
}
