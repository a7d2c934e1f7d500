package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.routing.UploadRouter.Outcome;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Peer of a benchmark: all that an upload to {@link UploadServlet} is, but for the append, which is
 * one blocking template call.
 */
public final class TemplateServlet extends HttpServlet {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final transient UploadReader reader;
  private final transient StringRedisTemplate redis;
  private final transient RolloutFlags flags;
  private final transient CircuitBreaker breaker;
  private final transient Timer timer;
  private final transient Counter counter;

  public TemplateServlet(
      UploadReader reader,
      StringRedisTemplate redis,
      RolloutFlags flags,
      CircuitBreaker breaker,
      MeterRegistry meters) {
    this.reader = reader;
    this.redis = redis;
    this.flags = flags;
    this.breaker = breaker;
    this.timer = Timer.builder("bench.template").publishPercentileHistogram().register(meters);
    this.counter = meters.counter("bench.template.records", "path", DeliveryPath.STREAM.label());
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long begin = System.nanoTime();
    try {
      byte[] body = new byte[request.getContentLength()];
      request.getInputStream().readNBytes(body, 0, body.length);
      Upload upload = reader.read(Kind.HEALTH, body);
      flags.of(Kind.HEALTH).assignment(upload.records().getFirst(), true);
      breaker.acquirePermission();
      byte[] entry = RecordCodec.encode(upload.records().getFirst());
      String id =
          String.valueOf(
              redis
                  .opsForStream()
                  .add(
                      "bench:template",
                      Map.of("r", new String(entry, StandardCharsets.ISO_8859_1))));
      breaker.onSuccess(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      counter.increment();
      byte[] answer =
          JSON.writeValueAsBytes(
              new WatchAnswers(Kind.HEALTH, /* v2= */ true)
                  .accepted(upload, new Outcome(true, List.of(id)))
                  .body());
      response.setContentType("application/json;charset=UTF-8");
      response.setContentLength(answer.length);
      response.getOutputStream().write(answer);
    } catch (BadUploadException e) {
      response.sendError(e.status());
    } finally {
      timer.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
    }
  }
}
