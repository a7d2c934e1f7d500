package io.crossfade.router.intake;

import java.util.Locale;

/** Why an upload is not taken, in the words of watches and in everybody else's. */
enum Problem {
  EMPTY_BODY(400, "请求体不能为空", "The body is empty"),
  NOT_JSON(400, "JSON格式错误", "The body is not JSON"),
  NO_CONTAINER(400, "请求体必须是JSON对象或数组", "The body is neither a JSON object nor a list"),
  TOO_MANY_ITEMS(413, "数组过长，最多%d条", "The body has more than %d items"),
  TOO_LARGE(413, "请求体过大，最多%d字节", "The body has more than %d bytes"),
  ENCODED(415, "不支持压缩的请求体", "A body in another encoding than identity is not read"),
  METHOD(405, "只支持POST", "Only POST is supported"),
  NO_TOKEN(401, "设备令牌无效", "The bearer token is missing or unknown"),
  TOO_SLOW(408, "请求体接收过慢，请稍后重试", "The body came too slowly; send it again"),
  NO_ROOM(503, "处理队列已满，请稍后重试", "There is no room for it now; send it again"),
  STARTING(503, "服务尚未就绪，请稍后重试", "The service is not ready yet; send it again"),
  INTERNAL(500, "服务器内部错误，请稍后重试", "Something went wrong; send it again"),
  NO_RECORD(422, "数据无法识别，已记录", "No item of it could be read; all of them were kept");

  private final int status;
  private final String forWatches;
  private final String words;

  /**
   * @param status of the answer
   */
  Problem(int status, String forWatches, String words) {
    this.status = status;
    this.forWatches = forWatches;
    this.words = words;
  }

  int status() {
    return status;
  }

  /**
   * In the words of watches.
   *
   * @param limit that was passed, where one was
   */
  String forWatches(long limit) {
    return forWatches.formatted(limit);
  }

  /** In English. */
  String words(long limit) {
    return String.format(Locale.ROOT, words, limit);
  }

  /** Its name in a type of problems, for example {@code too-large}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
