package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.tables.DiffOptions;
import io.crossfade.reconciler.tables.DiffReport;
import io.crossfade.reconciler.tables.DriftException;
import io.crossfade.reconciler.tables.PairSpec;
import io.crossfade.reconciler.tables.RepairOutcome;
import io.crossfade.reconciler.tables.TableCounts;
import io.crossfade.reconciler.tables.TableDiff;
import io.crossfade.reconciler.tables.TableOutcome;
import io.crossfade.reconciler.tables.TableRepairs;
import io.crossfade.reconciler.tables.TableThrottle;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares any two tables. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    headerHeading = "NAME%n",
    header = "  reconciler diff - compares tables of two schemas, and repairs one of them%n",
    synopsisHeading = "SYNOPSIS%n  ",
    customSynopsis = {
      "reconciler diff --left=URL --right=URL [--table=NAME]... [OPTION]...",
      "  reconciler diff FILE [OPTION]...",
      "  reconciler diff ... --repair=print|apply --target=left|right [--deletes]",
    },
    descriptionHeading = "%nDESCRIPTION%n",
    description = {
      "Compares tables of two MySQL or MariaDB schemas that should be equal, row by row and"
          + " column by column, with nothing but the right to SELECT.",
      "",
      "Rows are told apart by the primary key, else by a unique key of columns that are not NULL,"
          + " which both sides must have. Values are compared by what they are, whatever server,"
          + " type or character set keeps them; what is not alike in the tables themselves is said"
          + " first, by column. A row that differs is looked at again before it is reported, as"
          + " somebody may just be writing it.",
      "",
      "Killed and called again in the same way, it goes on where it was, and says since when;"
          + " with another file of pairs or other tables it begins anew, and with --fresh.",
      "",
      "In each range of rows some are shown to the comparison otherwise than they are. Unless it"
          + " finds all of these, and nothing else, it does not say that tables agree.",
      "",
      "A repair writes nothing before it is told to apply. Each statement leaves a row alone that"
          + " has changed since it was compared, that the server refuses, or whose writing would"
          + " have the server change others; what was left alone is reported.",
    },
    parameterListHeading = "%nFILE%n",
    optionListHeading = "%nOPTIONS%n",
    exitCodeListHeading = "%nEXIT CODES%n",
    exitCodeList = {
      "0:the tables agree, after a repair too",
      "1:they do not",
      "2:too little to say: counted only, no row in a window or condition, or rows that keep"
          + " changing",
      "3:it could not be found out, or written",
    },
    footerHeading = "%nENVIRONMENT%n",
    footer = {
      "  RECONCILER_LEFT_PASSWORD, RECONCILER_RIGHT_PASSWORD",
      "      Passwords of the two users; a file of pairs names its own.",
      "  RECONCILER_PASSWORD",
      "      Password of both, and for --replica.",
      "  XDG_STATE_HOME",
      "      Where runs keep what they know, instead of ~/.local/state.",
      "",
      "EXAMPLES",
      "  reconciler diff --left jdbc:mysql://a/shop --right jdbc:mysql://b/shop --table 'order*'",
      "  reconciler diff --left jdbc:mysql://a/shop --right jdbc:mysql://a/copy \\",
      "    --table orders:orders_old --ignore updated_at --format csv > differences.csv",
      "  reconciler diff pairs.yaml --workers 4 --max-threads-running 20 --format html >"
          + " report.html",
      "  reconciler diff pairs.yaml --repair print --target right --deletes > repair.sql",
    })
final class DiffCommand implements Callable<Integer> {

  enum Format {
    TEXT,
    JSON,
    CSV,
    HTML
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DiffTables tables = new DiffTables();

  @Option(names = "--count", description = "Count rows and compare nothing: needs no key")
  private boolean count;

  @Option(
      names = "--format",
      paramLabel = "text|json|csv|html",
      description =
          "What the report is: text for a terminal, with the first differences; json and csv with"
              + " every one; html, a page that needs nothing else")
  private Format format = Format.TEXT;

  @Option(
      names = "--range-rows",
      paramLabel = "N",
      description =
          "Rows that are read in one transaction, and again after a kill; ${DEFAULT-VALUE}")
  private int rangeRows = DiffOptions.ROWS_OF_RANGE;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where a run keeps what it knows: ~/.local/state/crossfade/diff")
  private @Nullable Path state;

  @Option(
      names = "--fresh",
      description = "Begin anew, whatever a run that was killed has read already")
  private boolean fresh;

  @ArgGroup(validate = false, heading = "%nHOW MUCH IT MAY TAKE%n")
  private DiffLoadOptions load = new DiffLoadOptions();

  @ArgGroup(validate = false, heading = "%nREPAIR%n")
  private DiffRepairOptions repair = new DiffRepairOptions();

  @Override
  public Integer call() throws Exception {
    load.check(spec);
    if (rangeRows < 1) {
      throw new ParameterException(
          spec.commandLine(), "--range-rows is 1 or more, not " + rangeRows);
    }
    repair.check(spec, count);
    List<PairSpec> pairs = tables.pairs(spec, System.getenv());
    PrintWriter out = spec.commandLine().getOut();
    if (count) {
      return count(pairs, out);
    }
    try (TableThrottle throttle = load.throttle(spec, pairs, tables)) {
      DiffOptions options =
          new DiffOptions(
              state == null ? defaultState() : state,
              load.workers(),
              rangeRows,
              tables.patience(),
              throttle);
      return compare(pairs, options, out);
    }
  }

  private int compare(List<PairSpec> pairs, DiffOptions options, PrintWriter out) throws Exception {
    List<TableDiff> diffs = new ArrayList<>();
    try {
      List<String> drifts = new ArrayList<>();
      for (PairSpec pair : pairs) {
        try {
          TableDiff diff = TableDiff.open(pair, options);
          diffs.add(diff);
          goOn(diff);
        } catch (DriftException e) {
          drifts.add(e.getMessage());
        }
      }
      if (!drifts.isEmpty()) {
        drifts.forEach(drift -> spec.commandLine().getErr().println("error: " + drift));
        return ExitCode.ERROR;
      }
      Verdict verdict = repair.isWanted() ? repaired(diffs, out) : reported(diffs, report(out));
      out.flush();
      for (TableDiff diff : diffs) {
        diff.forget();
      }
      return ExitCode.of(verdict);
    } finally {
      for (TableDiff diff : diffs) {
        diff.close();
      }
    }
  }

  /** Goes on where a run was killed, and says so, or begins anew. */
  private void goOn(TableDiff diff) throws IOException {
    if (fresh) {
      diff.beginAnew();
    }
    diff.resumed()
        .ifPresent(
            words ->
                spec.commandLine()
                    .getErr()
                    .println(diff.name() + ": " + words + "; --fresh begins anew"));
  }

  private Verdict reported(List<TableDiff> diffs, DiffReport report) throws Exception {
    List<Verdict> verdicts = new ArrayList<>();
    for (TableDiff diff : diffs) {
      TableOutcome outcome = run(diff);
      report.add(diff, outcome, null);
      verdicts.add(outcome.verdict());
    }
    report.end();
    return Verdict.worst(verdicts);
  }

  private TableOutcome run(TableDiff diff) throws Exception {
    try (TerminalLine line = TerminalLine.show(spec, progress(diff))) {
      return diff.run();
    }
  }

  /** All tables are compared before one is written: rows of one may need those of another. */
  private Verdict repaired(List<TableDiff> diffs, PrintWriter out) throws Exception {
    List<TableOutcome> outcomes = new ArrayList<>();
    for (TableDiff diff : diffs) {
      outcomes.add(run(diff));
    }
    TableRepairs repairs = new TableRepairs(diffs, repair.target(), repair.deletes());
    List<RepairOutcome> repaired = List.of();
    if (repair.isPrinted()) {
      repairs.print(out);
    } else {
      repaired = repairs.apply();
    }
    DiffReport report = report(repair.isPrinted() ? spec.commandLine().getErr() : out);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < diffs.size(); i++) {
      RepairOutcome after = repaired.isEmpty() ? null : repaired.get(i);
      TableOutcome outcome = outcomes.get(i);
      report.add(diffs.get(i), outcome, after);
      verdicts.add(after == null ? outcome.verdict() : after.verdict(outcome));
      if (after != null && format == Format.CSV) {
        after.words().forEach(spec.commandLine().getErr()::println);
      }
    }
    report.end();
    return Verdict.worst(verdicts);
  }

  private static Supplier<Optional<String>> progress(TableDiff diff) {
    long begin = System.nanoTime();
    return () ->
        Optional.of(
            ProgressBar.line(diff.share(), Duration.ofNanos(System.nanoTime() - begin))
                + "  "
                + diff.name());
  }

  private DiffReport report(PrintWriter out) throws IOException {
    return switch (format) {
      case TEXT -> DiffReport.text(out);
      case JSON -> DiffReport.json(out);
      case CSV -> DiffReport.csv(out);
      case HTML -> DiffReport.html(out);
    };
  }

  private static int count(List<PairSpec> pairs, PrintWriter out) throws Exception {
    boolean same = true;
    out.printf("%-40s %15s %15s%n", "table", "left", "right");
    for (PairSpec pair : pairs) {
      TableCounts counts = TableCounts.of(pair);
      same &= counts.left() == counts.right();
      out.printf("%-40s %15d %15d%n", pair.name(), counts.left(), counts.right());
    }
    out.flush();
    // Equal counts are no proof.
    return same ? ExitCode.INCONCLUSIVE : ExitCode.FAIL;
  }

  private static Path defaultState() {
    String base = System.getenv("XDG_STATE_HOME");
    return (base == null || base.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(base))
        .resolve("crossfade")
        .resolve("diff");
  }
}
