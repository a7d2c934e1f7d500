package io.crossfade.reconciler.cli;

import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which router a command asks, and as whom. It needs no right on a database. */
final class ApiOptions {

  private static final String PASSWORD = "CROSSFADE_API_PASSWORD";

  @Option(
      names = "--api",
      defaultValue = "${env:CROSSFADE_API:-http://127.0.0.1:8080}",
      paramLabel = "URL",
      description = "A router; default: CROSSFADE_API, else http://127.0.0.1:8080")
  private URI api = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--user",
      defaultValue = "${env:CROSSFADE_API_USER:-operator}",
      description =
          "One of crossfade.operator.users; default: CROSSFADE_API_USER, else operator. The"
              + " password is in "
              + PASSWORD
              + ", in --password-file, or asked for")
  private String user = "";

  @Option(names = "--password-file", description = "A file whose first line is the password")
  private @Nullable Path file;

  @Option(
      names = "--timeout",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long an answer may take; default: ${DEFAULT-VALUE}")
  private long timeout;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** Nothing is asked yet; the caller closes. */
  Api open() {
    String scheme = String.valueOf(api.getScheme());
    if (!scheme.matches("https?") || api.getHost() == null) {
      throw mistake("--api must look like http://host:8080, not " + api);
    }
    if (timeout < 1) {
      throw mistake("--timeout must be 1 or more, not " + timeout);
    }
    String base = api.toString().replaceFirst("/+$", "");
    return new Api(URI.create(base), user, password(), Duration.ofSeconds(timeout));
  }

  private String password() {
    if (file != null) {
      try {
        return Files.readString(file).lines().findFirst().orElse("");
      } catch (IOException e) {
        throw mistake("Cannot read --password-file " + file);
      }
    }
    String known = System.getenv(PASSWORD);
    if (known != null) {
      return known;
    }
    Console console = System.console();
    char[] typed =
        console == null || !Screen.isWatched()
            ? null
            : console.readPassword("Password of %s at %s: ", user, api);
    if (typed == null) {
      throw mistake("No password: put it into %s or --password-file".formatted(PASSWORD));
    }
    return new String(typed);
  }

  private ParameterException mistake(String what) {
    return new ParameterException(command.commandLine(), what);
  }
}
