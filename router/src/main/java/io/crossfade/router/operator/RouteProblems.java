package io.crossfade.router.operator;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** What no controller is asked, below {@code /api}: an RFC 9457 problem as any other. */
@ControllerAdvice
final class RouteProblems {

  private static final Set<Refusal> OF_ROUTES =
      Set.of(
          Refusal.NOT_FOUND,
          Refusal.METHOD_NOT_ALLOWED,
          Refusal.NOT_ACCEPTABLE,
          Refusal.UNSUPPORTED_MEDIA_TYPE);

  @ExceptionHandler({
    NoHandlerFoundException.class,
    NoResourceFoundException.class,
    HttpRequestMethodNotSupportedException.class,
    HttpMediaTypeException.class
  })
  ResponseEntity<ProblemDetail> refused(Exception e, HttpServletRequest request) throws Exception {
    String path = request.getRequestURI();
    boolean api = path.equals(ApiDocument.API) || path.startsWith(ApiDocument.API + "/");
    if (!api || !(e instanceof ErrorResponse answer)) {
      throw e;
    }
    return of(answer, request);
  }

  /** What Spring refuses before a controller has read it, or after. */
  static ResponseEntity<ProblemDetail> of(ErrorResponse answer, HttpServletRequest request) {
    HttpStatusCode status = answer.getStatusCode();
    Refusal refusal =
        OF_ROUTES.stream()
            .filter(one -> one.status().isSameCodeAs(status))
            .findFirst()
            .orElse(Refusal.UNREADABLE);
    // With what is allowed.
    HttpHeaders headers = new HttpHeaders();
    headers.addAll(answer.getHeaders());
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    String detail =
        refusal == Refusal.NOT_FOUND
            ? "There is no %s; /api lists what there is".formatted(request.getRequestURI())
            : String.valueOf(answer.getBody().getDetail());
    return ResponseEntity.status(refusal.status())
        .headers(headers)
        .body(OperatorProblems.problem(refusal, detail));
  }
}
