package io.crossfade.router.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.reconciler.repair.SelectionChangedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Every refusal of the operator API as an RFC 9457 problem with a stable type. */
@RestControllerAdvice(annotations = RestController.class)
final class OperatorProblems {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(Exception e) throws Exception {
    RefusedException refused = RefusedException.of(e);
    if (refused == null) {
      throw e;
    }
    Refusal refusal = refused.refusal();
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(refusal.status(), refused.detail());
    problem.setType(URI.create(type(refusal)));
    problem.setTitle(title(refusal));
    if (e instanceof SelectionChangedException changed) {
      problem.setProperty("selected", changed.selected());
    }
    return ResponseEntity.status(refusal.status()).body(problem);
  }

  /** The same from where Spring's controllers are not reached. */
  static void write(HttpServletResponse response, Refusal refusal, String detail)
      throws IOException {
    response.setStatus(refusal.status().value());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    byte[] problem =
        JSON.createObjectNode()
            .put("type", type(refusal))
            .put("title", title(refusal))
            .put("status", refusal.status().value())
            .put("detail", detail)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    response.getOutputStream().write(problem);
  }

  private static String type(Refusal refusal) {
    return "urn:crossfade:problem:" + refusal.label();
  }

  private static String title(Refusal refusal) {
    return refusal.label().replace('-', ' ');
  }
}
