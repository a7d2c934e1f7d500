package io.crossfade.router;

/** Uploads of 2 MB. */
final class LargeUpload {

  private LargeUpload() {}

  /**
   * @param items measurements; few are large by a fact of theirs, none at all is 650,000 empty
   *     objects
   */
  static String body(String device, int items) {
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
                  .formatted(device, 1_757_808_900 + i, fact));
    }
    return body.append("]}").toString();
  }
}
