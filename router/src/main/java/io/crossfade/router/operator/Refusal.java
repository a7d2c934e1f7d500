package io.crossfade.router.operator;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/** Why the operator API does not do what it is asked; the type of its problems. */
public enum Refusal {
  UNREADABLE(HttpStatus.BAD_REQUEST),
  UNKNOWN_KIND(HttpStatus.BAD_REQUEST),
  UNKNOWN_STAGE(HttpStatus.BAD_REQUEST),
  PERCENTAGE_OUT_OF_RANGE(HttpStatus.BAD_REQUEST),
  REASON_MISSING(HttpStatus.BAD_REQUEST),
  VERSION_MISSING(HttpStatus.BAD_REQUEST),
  /** Nobody says on which rows a repair is to act. */
  SELECTION_MISSING(HttpStatus.BAD_REQUEST),
  /** A repair of what nobody was shown. */
  PREVIEW_MISSING(HttpStatus.BAD_REQUEST),
  /** Neither on nor off. */
  SWITCH_MISSING(HttpStatus.BAD_REQUEST),
  STALE_VERSION(HttpStatus.CONFLICT),
  /** Other rows than those of the preview. */
  SELECTION_CHANGED(HttpStatus.CONFLICT),
  /** A switch is where it is wanted. */
  ALREADY_SO(HttpStatus.CONFLICT),
  ILLEGAL_JUMP(HttpStatus.CONFLICT),
  GATES_NOT_PASSED(HttpStatus.CONFLICT),
  /** What was wrong with it is still wrong. */
  STILL_DEAD(HttpStatus.CONFLICT),
  CLOSED_ALREADY(HttpStatus.CONFLICT),
  /** A router that reports is not forgotten. */
  ROUTER_ALIVE(HttpStatus.CONFLICT),
  /** Somebody is comparing the same. */
  RUN_AT_WORK(HttpStatus.CONFLICT),
  /** Nobody is logged in, or not with this password. */
  UNAUTHORIZED(HttpStatus.UNAUTHORIZED),
  /** A viewer wants to change something. */
  FORBIDDEN(HttpStatus.FORBIDDEN),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE),
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
  /** Nobody can say whether there is room for a body that comes in chunks. */
  LENGTH_MISSING(HttpStatus.LENGTH_REQUIRED),
  BODY_TOO_LARGE(HttpStatus.PAYLOAD_TOO_LARGE),
  /** Bodies that are being read fill their part of the budget. */
  NO_ROOM(HttpStatus.SERVICE_UNAVAILABLE),
  /** A fault of ours. */
  UNEXPECTED(HttpStatus.INTERNAL_SERVER_ERROR),
  /** A page of another site made the browser ask. */
  FOREIGN_ORIGIN(HttpStatus.FORBIDDEN),
  TOO_MANY_LOGINS(HttpStatus.TOO_MANY_REQUESTS),
  LOGINS_BUSY(HttpStatus.SERVICE_UNAVAILABLE),
  NOT_FOUND(HttpStatus.NOT_FOUND),
  DATABASE_AWAY(HttpStatus.SERVICE_UNAVAILABLE),
  /** A commit was not answered. */
  OUTCOME_UNKNOWN(HttpStatus.SERVICE_UNAVAILABLE),
  PATHS_FULL(HttpStatus.SERVICE_UNAVAILABLE),
  REDIS_AWAY(HttpStatus.SERVICE_UNAVAILABLE);

  private final HttpStatus status;

  Refusal(HttpStatus status) {
    this.status = status;
  }

  public HttpStatus status() {
    return status;
  }

  /** For example {@code stale-version}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
