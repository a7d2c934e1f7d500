package io.crossfade.router.operator;

import java.net.URI;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Every refusal of the operator API as an RFC 9457 problem with a stable type. */
@RestControllerAdvice(annotations = RestController.class)
final class OperatorProblems {

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(Exception e) throws Exception {
    RefusedException refused = RefusedException.of(e);
    if (refused == null) {
      throw e;
    }
    Refusal refusal = refused.refusal();
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(refusal.status(), refused.detail());
    problem.setType(URI.create("urn:crossfade:problem:" + refusal.label()));
    problem.setTitle(refusal.label().replace('-', ' '));
    return ResponseEntity.status(refusal.status()).body(problem);
  }
}
