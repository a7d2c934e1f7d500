package io.crossfade.reconciler.cli;

import io.crossfade.db.KindsSetting;
import io.crossfade.db.Visible;
import io.crossfade.db.process.FatalErrors;
import io.crossfade.db.process.StopDeadline;
import io.crossfade.reconciler.RunAtWorkException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.NestedRuntimeException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code java -jar reconciler.jar …}. Exit codes: 0 the outputs agree, 1 they do not, 2 too little
 * to say, 3 it could not be found out, 4 somebody else is comparing the same, 6 a router refused.
 */
@Command(
    name = "reconciler",
    mixinStandardHelpOptions = true,
    version = "Crossfade reconciler 0.1.0",
    description = {
      "Compares the two outputs of a migration, explains and repairs what differs.",
      "Where the schemas are: application.yaml beside the jar, environment variables"
          + " (CROSSFADE_DB_LEGACY_URL, …), or --set crossfade.db.legacy.url=…; where nothing is"
          + " said, as for a router: crossfade_control, _legacy and _stream on localhost, as user"
          + " crossfade.",
      "differences, report, nightly, deadletters and rollout ask a router instead (--api, --user),"
          + " and need no right on a database."
    },
    subcommands = {
      CompareCommand.class,
      DiffCommand.class,
      DdlCommand.class,
      RepairCommand.class,
      CalibrateCommand.class,
      SelfTestCommand.class,
      RunsCommand.class,
      DifferencesCommand.class,
      ReportCommand.class,
      NightlyCommand.class,
      DeadLettersCommand.class,
      RolloutCommand.class,
      RulesCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeOnExecutionException = ExitCode.ERROR,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the outputs agree",
      "1:they do not",
      "2:too little to say",
      "3:it could not be found out",
      "4:somebody else is comparing the same",
      "5:told to stop, it could not in its time",
      "6:a router refused what it was asked for"
    })
public final class ReconcilerCli {

  private final @Nullable StopDeadline deadline;

  private ReconcilerCli(@Nullable StopDeadline deadline) {
    this.deadline = deadline;
  }

  /** What the settings of a command must tell. */
  ApplicationContextInitializer<?>[] initializers() {
    return deadline == null
        ? new ApplicationContextInitializer<?>[0]
        : new ApplicationContextInitializer<?>[] {deadline};
  }

  public static void main(String[] arguments) {
    // What the JVM does with an error nobody caught is to exit with 1, which here is a verdict.
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          try {
            FatalErrors.endIfFatal(error);
            System.err.println("error: " + Visible.of(String.valueOf(error)));
          } finally {
            // Also when there was no memory to say it.
            Runtime.getRuntime().halt(ExitCode.ERROR);
          }
        });
    // Spring Boot waits for ever for its own thread when there was no memory to start it.
    System.setProperty("spring.backgroundpreinitializer.ignore", "true");
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    StopDeadline deadline = StopDeadline.watch(line -> err.println("error: " + line));
    System.exit(
        run(
            new ReconcilerCli(deadline),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            err,
            arguments));
  }

  /** Runs a command; returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return run(new ReconcilerCli(null), out, err, arguments);
  }

  private static int run(ReconcilerCli cli, PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(cli);
    line.setOut(new Screen(out, ""));
    // The bar goes back to the start of its line.
    Screen errors = new Screen(err, "\r");
    line.setErr(errors);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          error(errors, message(exception));
          return switch (exception) {
            case RunAtWorkException atWork -> ExitCode.AT_WORK;
            case ApiException api -> api.exitCode();
            default -> ExitCode.ERROR;
          };
        });
    line.setParameterExceptionHandler(
        (mistake, given) -> {
          error(errors, message(mistake));
          return ExitCode.ERROR;
        });
    errorOnInvalidInput(line);
    return line.execute(arguments);
  }

  private static void error(Screen err, String message) {
    err.print(Screen.isWatched() ? Screen.Style.BAD : Screen.Style.PLAIN, "error:");
    err.println(" " + message);
  }

  /** A mistake in one line, and where to read more. */
  private static String message(ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    List<String> meant =
        mistake instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String said = String.join("; ", String.valueOf(mistake.getMessage()).strip().lines().toList());
    return "%s; hint: %s'%s --help'"
        .formatted(
            said,
            meant.isEmpty() ? "" : "did you mean %s? ".formatted(String.join(", ", meant)),
            command.getCommandSpec().qualifiedName());
  }

  private static void errorOnInvalidInput(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(ExitCode.ERROR);
    line.getSubcommands().values().forEach(ReconcilerCli::errorOnInvalidInput);
  }

  private static String message(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindValidationException invalid) {
        return invalid.getValidationErrors().getAllErrors().stream()
            .map(ReconcilerCli::message)
            .collect(Collectors.joining("; "));
      }
      if (cause instanceof KindsSetting.UnusableException) {
        return String.valueOf(cause.getMessage());
      }
    }
    Set<String> said = new LinkedHashSet<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean wrapper = cause instanceof NestedRuntimeException && cause.getCause() != null;
      if (!wrapper) {
        said.add(firstLine(cause));
      }
    }
    return String.join(": ", said);
  }

  /** Drivers explain at length what a person at a terminal sees at once. */
  private static String firstLine(Throwable cause) {
    return Objects.toString(cause.getMessage(), cause.getClass().getSimpleName())
        .strip()
        .lines()
        .findFirst()
        .orElse("");
  }

  private static String message(ObjectError error) {
    return error instanceof FieldError field
        ? "%s.%s %s".formatted(error.getObjectName(), field.getField(), error.getDefaultMessage())
        : error.getObjectName() + " " + error.getDefaultMessage();
  }
}
