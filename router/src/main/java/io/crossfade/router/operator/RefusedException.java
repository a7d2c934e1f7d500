package io.crossfade.router.operator;

import io.crossfade.db.SqlFaults;
import io.crossfade.reconciler.RunAtWorkException;
import io.crossfade.reconciler.repair.SelectionChangedException;
import io.lettuce.core.RedisException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.validation.BindException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** What the operator API does not do, or does not have. */
public final class RefusedException extends Exception {

  private static final long serialVersionUID = 1;

  private final Refusal refusal;

  public RefusedException(Refusal refusal, String detail) {
    super(detail);
    this.refusal = refusal;
  }

  /**
   * What an exception means to whoever asked.
   *
   * @return {@code null} for one that nobody expected
   */
  public static @Nullable RefusedException of(Exception e) {
    return switch (e) {
      case RefusedException refused -> refused;
      case RunAtWorkException run ->
          new RefusedException(Refusal.RUN_AT_WORK, String.valueOf(run.getMessage()));
      case SelectionChangedException changed ->
          new RefusedException(Refusal.SELECTION_CHANGED, String.valueOf(changed.getMessage()));
      case RedisException away ->
          new RefusedException(Refusal.REDIS_AWAY, "Redis does not answer: " + away.getMessage());
      case DataIntegrityViolationException value -> doesNotFit();
      case DataAccessException fault -> ofDatabase(fault.getCause());
      case TransactionException away -> databaseAway();
      case SQLException fault -> ofDatabase(fault);
      case HttpMessageNotReadableException body ->
          unreadable(
              "The body is not what is expected: "
                  + String.valueOf(body.getMostSpecificCause().getMessage())
                      .lines()
                      .findFirst()
                      .orElse(""));
      case MethodArgumentTypeMismatchException one ->
          unreadable(cannotBe(one.getName(), one.getValue()));
      case BindException form -> unreadable(fields(form));
      case ServletRequestBindingException missing ->
          unreadable(String.valueOf(missing.getBody().getDetail()));
      default -> null;
    };
  }

  public Refusal refusal() {
    return refusal;
  }

  /** What is wrong, with the actual value and what would be accepted. */
  public String detail() {
    return Objects.requireNonNull(getMessage());
  }

  /** Spring's translation does not know every code that is about a value. */
  private static RefusedException ofDatabase(@Nullable Throwable fault) {
    return fault instanceof SQLException sql && SqlFaults.isRowFault(sql)
        ? doesNotFit()
        : databaseAway();
  }

  private static RefusedException databaseAway() {
    return new RefusedException(
        Refusal.DATABASE_AWAY,
        "A database does not answer; if this was to change something, look again whether it did");
  }

  /** The database is there, and says so. */
  private static RefusedException doesNotFit() {
    return unreadable("A value is too long or out of range for where it is kept");
  }

  /** Something is not what was asked for, and whoever found out says why. */
  public static RefusedException unreadable(IllegalArgumentException e) {
    return unreadable(String.valueOf(e.getMessage()));
  }

  private static RefusedException unreadable(String detail) {
    return new RefusedException(Refusal.UNREADABLE, detail);
  }

  private static String fields(BindException form) {
    return form.getFieldErrors().stream()
        .map(field -> cannotBe(field.getField(), field.getRejectedValue()))
        .collect(Collectors.joining("; "));
  }

  private static String cannotBe(String name, @Nullable Object value) {
    return "%s cannot be %s".formatted(name, value);
  }
}
