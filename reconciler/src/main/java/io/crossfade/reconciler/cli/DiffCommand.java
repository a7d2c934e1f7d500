package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.tables.DiffOptions;
import io.crossfade.reconciler.tables.DiffReport;
import io.crossfade.reconciler.tables.DriftException;
import io.crossfade.reconciler.tables.Endpoint;
import io.crossfade.reconciler.tables.PairRules;
import io.crossfade.reconciler.tables.PairSpec;
import io.crossfade.reconciler.tables.PairsFile;
import io.crossfade.reconciler.tables.TableCounts;
import io.crossfade.reconciler.tables.TableDiff;
import io.crossfade.reconciler.tables.TableNames;
import io.crossfade.reconciler.tables.TableOutcome;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares any two tables. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares tables of two MySQL or MariaDB schemas that should be equal, row by row and column"
          + " by column, with nothing but the right to SELECT.",
      "",
      "Rows are told apart by the primary key, else by a unique key of columns that are not NULL,"
          + " which both sides must have. Values are compared by what they are, whatever server,"
          + " type or character set keeps them; what is not alike in the tables themselves is said"
          + " first, by column. A row that differs is looked at again before it is reported, as"
          + " somebody may just be writing it.",
      "",
      "Killed and called again in the same way, it goes on where it was.",
      "",
      "In each range of rows some are shown to the comparison otherwise than they are. Unless it"
          + " finds all of these, and nothing else, it does not say that tables agree.",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the tables agree",
      "1:they do not",
      "2:too little to say: counted only, or rows that keep changing",
      "3:it could not be found out",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reconciler diff --left jdbc:mysql://a/shop --right jdbc:mysql://b/shop --table orders",
      "  reconciler diff --left jdbc:mysql://a/shop --right jdbc:mysql://b/shop --table 'order*'"
          + " --user reader",
      "  reconciler diff --left jdbc:mysql://a/shop --right jdbc:mysql://a/copy --table"
          + " orders:orders_old --ignore updated_at --format csv > differences.csv",
      "",
      "  reconciler diff pairs.yaml --format html > report.html",
      "",
      "  The password is read from RECONCILER_LEFT_PASSWORD and RECONCILER_RIGHT_PASSWORD, or"
          + " from RECONCILER_PASSWORD for both.",
    })
final class DiffCommand implements Callable<Integer> {

  enum Format {
    TEXT,
    JSON,
    CSV,
    HTML
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "Pairs of tables and how they are compared, as YAML; instead of --left and all"
              + " that says what is compared")
  private @Nullable Path file;

  @Option(
      names = "--left",
      paramLabel = "URL",
      description =
          "One schema: jdbc:mysql://host:3306/schema; parameters of the driver may follow")
  private @Nullable String left;

  @Option(names = "--right", paramLabel = "URL", description = "The other one")
  private @Nullable String right;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description =
          "A table; * and ? stand for any letters; LEFT:RIGHT when the names differ. Several times,"
              + " or not at all for the whole schema")
  private List<String> tables = List.of();

  @Option(names = "--user", description = "Who reads both")
  private @Nullable String user;

  @Option(names = "--left-user", description = "Who reads the left schema")
  private @Nullable String leftUser;

  @Option(names = "--right-user", description = "Who reads the right schema")
  private @Nullable String rightUser;

  @Option(
      names = "--ignore",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns that are not compared")
  private List<String> ignored = List.of();

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Only these rows: a condition that both servers understand")
  private @Nullable String where;

  @Option(names = "--count", description = "Count rows and compare nothing: needs no key")
  private boolean count;

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; csv has every difference")
  private Format format = Format.TEXT;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Ranges that are read at once; 1 unless said otherwise")
  private int workers = 1;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      description = "How long a row that differs may take to become the same; 1")
  private double settle = 1;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where a run keeps what it knows: ~/.local/state/crossfade/diff")
  private @Nullable Path state;

  @Override
  public Integer call() throws Exception {
    if (workers < 1 || workers > 64) {
      throw new ParameterException(spec.commandLine(), "--workers is 1 to 64, not " + workers);
    }
    List<PairSpec> pairs = pairs();
    PrintWriter out = spec.commandLine().getOut();
    if (count) {
      return count(pairs, out);
    }
    DiffOptions options =
        new DiffOptions(
            state == null ? defaultState() : state,
            workers,
            DiffOptions.ROWS_OF_RANGE,
            Duration.ofMillis((long) (settle * 1000)));
    return compare(pairs, options, out);
  }

  private int compare(List<PairSpec> pairs, DiffOptions options, PrintWriter out) throws Exception {
    List<TableDiff> diffs = new ArrayList<>();
    try {
      List<String> drifts = new ArrayList<>();
      for (PairSpec pair : pairs) {
        try {
          diffs.add(TableDiff.open(pair, options));
        } catch (DriftException e) {
          drifts.add(e.getMessage());
        }
      }
      if (!drifts.isEmpty()) {
        drifts.forEach(drift -> spec.commandLine().getErr().println("error: " + drift));
        return ExitCode.ERROR;
      }
      List<Verdict> verdicts = new ArrayList<>();
      DiffReport report = report(out);
      for (TableDiff diff : diffs) {
        TableOutcome outcome;
        try (TerminalLine line = TerminalLine.show(spec, progress(diff))) {
          outcome = diff.run();
        }
        report.add(diff, outcome);
        verdicts.add(outcome.verdict());
      }
      report.end();
      out.flush();
      for (TableDiff diff : diffs) {
        diff.forget();
      }
      return ExitCode.of(Verdict.worst(verdicts));
    } finally {
      for (TableDiff diff : diffs) {
        diff.close();
      }
    }
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

  private List<PairSpec> pairs() throws Exception {
    Map<String, String> environment = System.getenv();
    if (file != null) {
      if (left != null || right != null || !tables.isEmpty() || !ignored.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), file + " says what is compared; leave --left and the like out");
      }
      return new PairsFile(environment).read(file);
    }
    if (left == null || right == null) {
      throw new ParameterException(spec.commandLine(), "Say --left and --right, or name a file");
    }
    String both = environment.get("RECONCILER_PASSWORD");
    Endpoint one;
    Endpoint other;
    try {
      one =
          new Endpoint(
              left,
              leftUser == null ? user : leftUser,
              environment.getOrDefault("RECONCILER_LEFT_PASSWORD", both));
      other =
          new Endpoint(
              right,
              rightUser == null ? user : rightUser,
              environment.getOrDefault("RECONCILER_RIGHT_PASSWORD", both));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    PairRules rules = new PairRules(ignored, Map.of(), Map.of());
    List<PairSpec> pairs = new ArrayList<>();
    for (TableNames.Pair names : TableNames.find(one, other, tables)) {
      pairs.add(new PairSpec(one, other, names.left(), names.right(), where, where, rules));
    }
    return pairs;
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
