package io.crossfade.db;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the three schemas are. The two outputs and the control schema may be on one server or on
 * three.
 *
 * @param control what Crossfade itself remembers
 * @param legacy the output of the legacy path
 * @param stream the output of the stream path
 * @param migrate whether Flyway brings the schemas up to date at start
 * @param migration the user that may change schemas; the schemas' own users when not set, who then
 *     need more than SELECT, INSERT, UPDATE and DELETE
 */
@Validated
@ConfigurationProperties("crossfade.db")
public record DbSettings(
    @Valid @NotNull(message = MISSING) Schema control,
    @Valid @NotNull(message = MISSING) Schema legacy,
    @Valid @NotNull(message = MISSING) Schema stream,
    @DefaultValue("true") boolean migrate,
    @Nullable Credentials migration) {

  private static final String MISSING = "needs .url and .password";

  /**
   * One schema.
   *
   * @param url {@code jdbc:mysql://host:port/schema}, for MySQL and MariaDB alike
   * @param username user that reads and writes rows
   * @param password its password
   * @param connections how many connections the pool holds at most
   */
  public record Schema(
      @Pattern(
              regexp = "jdbc:mysql://[^/]+/\\w+(\\?.*)?",
              message = "must look like jdbc:mysql://host:port/schema")
          String url,
      @DefaultValue("crossfade") String username,
      @DefaultValue("") String password,
      @DefaultValue("12") @Min(1) @Max(500) int connections) {

    /** The URL without its parameters, some of which are secrets. */
    public String address() {
      return url.replaceFirst("\\?.*", "");
    }

    @Override
    public String toString() {
      return "Schema[url=%s, username=%s]".formatted(address(), username);
    }
  }

  /** A database user. */
  public record Credentials(String username, @DefaultValue("") String password) {

    @Override
    public String toString() {
      return "Credentials[username=%s]".formatted(username);
    }
  }
}
