package io.crossfade.router.intake;

import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Peer of a benchmark: the same reading and encoding, then one blocking template call per upload. */
public final class TemplateServlet extends HttpServlet {

  private final transient UploadReader reader;
  private final transient StringRedisTemplate redis;

  public TemplateServlet(UploadReader reader, StringRedisTemplate redis) {
    this.reader = reader;
    this.redis = redis;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      Upload upload = reader.read(Kind.HEALTH, request.getInputStream().readAllBytes());
      byte[] entry = RecordCodec.encode(upload.records().getFirst());
      var id =
          redis
              .opsForStream()
              .add("bench:template", Map.of("r", new String(entry, StandardCharsets.ISO_8859_1)));
      byte[] answer =
          ("{\"status\":\"accepted\",\"stream_id\":\"" + id + "\",\"message\":\"x\",\"processing\":\"async\"}")
              .getBytes(StandardCharsets.UTF_8);
      response.setContentType("application/json;charset=UTF-8");
      response.setContentLength(answer.length);
      response.getOutputStream().write(answer);
    } catch (BadUploadException e) {
      response.sendError(e.status());
    }
  }
}
