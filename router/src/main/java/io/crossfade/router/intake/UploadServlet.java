package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.DeadLetters;
import io.crossfade.db.Kind;
import io.crossfade.db.SqlFaults;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.routing.UploadRouter;
import io.crossfade.router.routing.UploadRouter.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One endpoint for devices: read, keep what is unreadable, route, answer. A plain servlet, since
 * devices need none of what a web framework does between the socket and here.
 */
public final class UploadServlet extends HttpServlet {

  private static final Logger log = LoggerFactory.getLogger(UploadServlet.class);

  /** Virtual threads use a buffer once: kept per thread, as by default, it would serve nobody. */
  private static final ObjectWriter JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .build()
          .writerFor(ObjectNode.class);

  private static final int NO_BODY_TYPE = 415;

  private final transient Kind kind;
  private final transient boolean v2;
  private final transient UploadReader reader;
  private final transient UploadRouter router;
  private final transient DeadLetters deadLetters;
  private final transient MeterRegistry meters;
  private final transient DeviceTokens tokens;
  private final int maxBody;

  /** By status of the answer; looking a meter up by its tags costs more than recording. */
  private final transient Map<Integer, Timer> timers = new ConcurrentHashMap<>();

  /**
   * @param v2 whether clients of this endpoint ask for the stream and expect the new shape of
   *     answers
   * @param tokens of which a device must send one
   * @param maxBody bytes
   */
  public UploadServlet(
      Kind kind,
      boolean v2,
      UploadReader reader,
      UploadRouter router,
      DeadLetters deadLetters,
      MeterRegistry meters,
      DeviceTokens tokens,
      int maxBody) {
    this.kind = kind;
    this.v2 = v2;
    this.reader = reader;
    this.router = router;
    this.deadLetters = deadLetters;
    this.meters = meters;
    this.tokens = tokens;
    this.maxBody = maxBody;
  }

  /** Path of an endpoint, for example {@code /upload_health_data_v2}. */
  public static String path(Kind kind, boolean v2) {
    String path =
        switch (kind) {
          case HEALTH -> "/upload_health_data";
          case DEVICE -> "/upload_device_info";
          case EVENT -> "/upload_common_event";
        };
    return v2 ? path + "_v2" : path;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long begin = System.nanoTime();
    if (!"POST".equals(request.getMethod())) {
      response.setHeader("Allow", "POST");
      answer(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, Answers.error("只支持POST"));
      return;
    }
    try {
      if (!tokens.accept(request)) {
        response.setHeader("WWW-Authenticate", "Bearer");
        answer(response, HttpServletResponse.SC_UNAUTHORIZED, Answers.error(Answers.NO_TOKEN));
        return;
      }
      Upload upload = reader.read(kind, body(request));
      accept(upload, response);
    } catch (BadUploadException e) {
      answer(response, e.status(), Answers.error(String.valueOf(e.getMessage())));
    } catch (NoNodeException e) {
      log.debug("Cannot take an upload to {}: {}", path(kind, v2), e.getMessage());
      // One for the upload: without a stamp there are no records yet.
      meters.counter(RouterMeter.REFUSED.id(), "kind", kind.label()).increment();
      refuse(response, Answers.STARTING);
    } catch (RuntimeException e) {
      log.error("Cannot handle an upload to {}", path(kind, v2), e);
      answer(
          response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, Answers.error(Answers.INTERNAL));
    } finally {
      timers
          .computeIfAbsent(response.getStatus(), this::timer)
          .record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
    }
  }

  private void accept(Upload upload, HttpServletResponse response) throws IOException {
    try {
      deadLetters.keep(upload.unreadable());
    } catch (SQLException e) {
      // Accepting its neighbours would lose the item: the device keeps the upload and comes again.
      log.warn(
          "Cannot keep {} unreadable {} items: {}; the device is asked to retry",
          upload.unreadable().size(),
          kind.label(),
          SqlFaults.describe(e));
      refuse(response, Answers.QUEUE_FULL);
      return;
    }
    upload
        .reasons()
        .forEach(
            reason ->
                meters
                    .counter(
                        RouterMeter.UNREADABLE.id(), "kind", kind.label(), "reason", reason.name())
                    .increment());
    Outcome outcome =
        upload.records().isEmpty()
            ? new Outcome(true, List.of())
            : router.route(upload.records(), v2);
    if (outcome.accepted()) {
      answer(response, HttpServletResponse.SC_OK, Answers.accepted(kind, upload, outcome, v2));
    } else {
      refuse(response, router.isStarting() ? Answers.STARTING : Answers.QUEUE_FULL);
    }
  }

  private Timer timer(int status) {
    return Timer.builder(RouterMeter.ACCEPT.id())
        .description(RouterMeter.ACCEPT.description())
        .tag("endpoint", path(kind, v2))
        .tag("outcome", String.valueOf(status))
        .publishPercentileHistogram()
        .register(meters);
  }

  private byte[] body(HttpServletRequest request) throws IOException, BadUploadException {
    long length = request.getContentLengthLong();
    if (length > maxBody) {
      throw tooLarge();
    }
    if (isEncoded(request)) {
      throw new BadUploadException(NO_BODY_TYPE, "不支持压缩的请求体");
    }
    if (length >= 0) {
      byte[] body = new byte[(int) length];
      int read = request.getInputStream().readNBytes(body, 0, body.length);
      return read == body.length ? body : Arrays.copyOf(body, read);
    }
    byte[] body = request.getInputStream().readNBytes(maxBody + 1);
    if (body.length > maxBody) {
      throw tooLarge();
    }
    return body;
  }

  /** {@code identity}, or nothing, says that the body is as it is. */
  private static boolean isEncoded(HttpServletRequest request) {
    return Collections.list(request.getHeaders("Content-Encoding")).stream()
        .flatMap(header -> Arrays.stream(header.split(",")))
        .map(String::strip)
        .anyMatch(coding -> !coding.isEmpty() && !"identity".equalsIgnoreCase(coding));
  }

  private BadUploadException tooLarge() {
    return new BadUploadException(
        HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
        Answers.TOO_LARGE + "，最多" + maxBody + "字节");
  }

  private static void refuse(HttpServletResponse response, String why) throws IOException {
    response.setHeader("Retry-After", "5");
    answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, Answers.error(why));
  }

  private static void answer(HttpServletResponse response, int status, ObjectNode body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    response.setStatus(status);
    response.setContentType("application/json;charset=UTF-8");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
