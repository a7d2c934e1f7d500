package io.crossfade.router.operator;

import io.lettuce.core.RedisException;
import java.net.URI;
import java.sql.SQLException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Every refusal of the operator API as an RFC 9457 problem with a stable type. */
@RestControllerAdvice(annotations = RestController.class)
final class OperatorProblems {

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(RefusedException e) {
    return problem(e.refusal(), e.detail());
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> redisAway(RedisException e) {
    return problem(Refusal.REDIS_AWAY, "Redis does not answer: " + e.getMessage());
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class, SQLException.class})
  ResponseEntity<ProblemDetail> databaseAway() {
    return problem(Refusal.DATABASE_AWAY, "A database does not answer");
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException e) {
    String cause = String.valueOf(e.getMostSpecificCause().getMessage());
    return problem(
        Refusal.UNREADABLE,
        "The body is not what is expected: " + cause.lines().findFirst().orElse(""));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> mismatch(MethodArgumentTypeMismatchException e) {
    return problem(Refusal.UNREADABLE, "%s cannot be %s".formatted(e.getName(), e.getValue()));
  }

  private static ResponseEntity<ProblemDetail> problem(Refusal refusal, String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(refusal.status(), detail);
    problem.setType(URI.create("urn:crossfade:problem:" + refusal.label()));
    problem.setTitle(refusal.label().replace('-', ' '));
    return ResponseEntity.status(refusal.status()).body(problem);
  }
}
