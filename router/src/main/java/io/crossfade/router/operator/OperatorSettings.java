package io.crossfade.router.operator;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The people at the API.
 *
 * @param users by name; with none, an operator is made at start and his password printed once
 * @param loginFailures in a row, after which an address has to wait
 * @param loginWait how long
 */
@Validated
@ConfigurationProperties("crossfade.operator")
public record OperatorSettings(
    @DefaultValue Map<String, @Valid User> users,
    @DefaultValue("10") @Min(1) int loginFailures,
    @DefaultValue("30s") @DurationMin(seconds = 1) Duration loginWait) {

  /** What somebody may do. */
  public enum Role {
    /** Look at everything. */
    VIEWER,
    /** Change it. */
    OPERATOR
  }

  /**
   * One person.
   *
   * @param password its bcrypt hash, never the password itself
   */
  public record User(
      @Pattern(
              regexp = "\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}",
              message = "must be a bcrypt hash, such as htpasswd -nbB makes")
          String password,
      @DefaultValue("viewer") Role role) {

    @Override
    public String toString() {
      return "User[role=%s]".formatted(role);
    }
  }
}
