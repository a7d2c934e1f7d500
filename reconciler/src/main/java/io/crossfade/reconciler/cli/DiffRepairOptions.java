package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.tables.Side;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that have one side made what the other is. */
final class DiffRepairOptions {

  enum How {
    PRINT,
    APPLY
  }

  @Option(
      names = "--repair",
      arity = "0..1",
      fallbackValue = "PRINT",
      paramLabel = "print|apply",
      description =
          "Makes the rows of one side those of the other, where they differ. print, which is meant"
              + " when nothing else is said, changes nothing: it writes the statements to standard"
              + " output, and the report to standard error. apply runs them, and looks at these"
              + " rows once more")
  private @Nullable How how;

  @Option(
      names = "--target",
      paramLabel = "left|right",
      description = "The side that is written. Its user needs INSERT, UPDATE and DELETE there")
  private @Nullable Side target;

  @Option(
      names = "--deletes",
      description = "Deletes the rows that only the target has; they are left alone without")
  private boolean deletes;

  void check(CommandSpec spec, boolean count) {
    if (how == null && (target != null || deletes)) {
      throw new ParameterException(
          spec.commandLine(), "--target and --deletes are for --repair; say --repair print|apply");
    }
    if (how != null && target == null) {
      throw new ParameterException(
          spec.commandLine(), "--repair writes one side: say which, --target left|right");
    }
    if (how != null && count) {
      throw new ParameterException(spec.commandLine(), "--count finds no rows to repair");
    }
  }

  boolean isWanted() {
    return how != null;
  }

  boolean isPrinted() {
    return how == How.PRINT;
  }

  Side target() {
    return Objects.requireNonNull(target);
  }

  boolean deletes() {
    return deletes;
  }
}
