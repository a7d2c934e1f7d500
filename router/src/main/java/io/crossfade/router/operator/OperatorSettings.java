package io.crossfade.router.operator;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The people at the API.
 *
 * @param users by name; with none, an operator is made at start and his password printed once
 * @param loginFailures with one name, after which an address has to wait
 * @param loginWait how long
 * @param trustedProxies addresses and networks whose {@code X-Forwarded-For} and {@code
 *     X-Forwarded-Proto} are believed
 */
@Validated
@ConfigurationProperties("crossfade.operator")
public record OperatorSettings(
    @DefaultValue Map<String, User> users,
    @DefaultValue("10") @Min(1) int loginFailures,
    @DefaultValue("30s") @DurationMin(seconds = 1) Duration loginWait,
    @DefaultValue List<Network> trustedProxies) {

  /**
   * Cost 10 to 16: what is cheaper is guessed in an afternoon by whoever reads the file, what is
   * dearer takes seconds of ours for each login.
   */
  private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$1[0-6]\\$[./A-Za-z0-9]{53}");

  public OperatorSettings {
    // Not by annotation: its message would show what was given, perhaps the password itself.
    users.forEach(
        (name, user) -> {
          if (!HASH.matcher(String.valueOf(user.password())).matches()) {
            throw new IllegalArgumentException(
                "crossfade.operator.users.%s.password must be a bcrypt hash of cost 10 to 16, as htpasswd -nbBC 12 makes it"
                    .formatted(name));
          }
        });
    users = Map.copyOf(users);
    trustedProxies = List.copyOf(trustedProxies);
  }

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
  public record User(String password, @DefaultValue("viewer") Role role) {

    @Override
    public String toString() {
      return "User[role=%s]".formatted(role);
    }
  }
}
