package io.crossfade.router.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.reconciler.repair.SelectionChangedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Every refusal of the operator API as an RFC 9457 problem with a stable type. */
@RestControllerAdvice(annotations = RestController.class)
final class OperatorProblems {

  private static final Logger log = LoggerFactory.getLogger(OperatorProblems.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(Exception e, HttpServletRequest request) throws Exception {
    RefusedException refused = RefusedException.of(e);
    if (refused == null) {
      if (e instanceof ErrorResponse answer) {
        return RouteProblems.of(answer, request);
      }
      if (!(e instanceof RuntimeException)) {
        throw e;
      }
      log.error("A request to the operator API failed", e);
      refused =
          new RefusedException(
              Refusal.UNEXPECTED, "A fault of this router, which its log has; try again");
    }
    ProblemDetail problem = problem(refused.refusal(), refused.detail());
    if (e instanceof SelectionChangedException changed) {
      problem.setProperty("selected", changed.selected());
    }
    return ResponseEntity.status(refused.refusal().status()).body(problem);
  }

  static ProblemDetail problem(Refusal refusal, String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(refusal.status(), detail);
    problem.setType(URI.create(type(refusal)));
    problem.setTitle(title(refusal));
    return problem;
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

  static String type(Refusal refusal) {
    return "urn:crossfade:problem:" + refusal.label();
  }

  private static String title(Refusal refusal) {
    return refusal.label().replace('-', ' ');
  }
}
