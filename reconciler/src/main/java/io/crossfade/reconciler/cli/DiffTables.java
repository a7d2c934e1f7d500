package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.tables.Endpoint;
import io.crossfade.reconciler.tables.PairRules;
import io.crossfade.reconciler.tables.PairSpec;
import io.crossfade.reconciler.tables.PairsFile;
import io.crossfade.reconciler.tables.RowWindow;
import io.crossfade.reconciler.tables.TableNames;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Options that say what is compared. */
final class DiffTables {

  private static final Duration A_SECOND = Duration.ofSeconds(1);

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

  @Option(names = "--user", paramLabel = "NAME", description = "Who reads both")
  private @Nullable String user;

  @Option(
      names = "--left-user",
      paramLabel = "NAME",
      description = "Who reads the left schema, and repairs it")
  private @Nullable String leftUser;

  @Option(
      names = "--right-user",
      paramLabel = "NAME",
      description = "Who reads the right schema, and repairs it")
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

  @Option(
      names = "--window-column",
      paramLabel = "COLUMN",
      description =
          "Only rows whose time in this column is in a window: --from, --to, and at least as old as"
              + " --settle. A row that is in it on one side only is compared too")
  private @Nullable String windowColumn;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Where the window begins, such as '2026-11-01'; a TIMESTAMP is in UTC")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "The first time that is not in it")
  private @Nullable String to;

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      converter = SettleTime.class,
      description =
          "How long a row that differs may take to become the same, such as 30s; 1s unless said"
              + " otherwise. With --window-column, how old a row must be")
  private @Nullable Duration settle;

  /** How long a row is waited for that differs. */
  Duration patience() {
    if (settle == null) {
      return A_SECOND;
    }
    // What is read of a window has settled already.
    return windowColumn != null && settle.compareTo(A_SECOND) > 0 ? A_SECOND : settle;
  }

  private @Nullable RowWindow window(CommandSpec spec) {
    if (windowColumn == null) {
      if (from != null || to != null) {
        throw new ParameterException(
            spec.commandLine(), "--from and --to are times of a column; say --window-column");
      }
      return null;
    }
    Duration age = settle == null ? Duration.ZERO : settle;
    if (from == null && to == null && age.isZero()) {
      throw new ParameterException(
          spec.commandLine(), "--window-column needs --from, --to or --settle");
    }
    return new RowWindow(windowColumn, from, to, age);
  }

  /** A server that is named by its URL alone. */
  Endpoint endpoint(CommandSpec spec, String url) {
    try {
      return new Endpoint(url, user, System.getenv("RECONCILER_PASSWORD"));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  /** The pairs of tables that somebody means. */
  List<PairSpec> pairs(CommandSpec spec, Map<String, String> environment)
      throws SQLException, IOException {
    if (file != null) {
      if (left != null
          || right != null
          || where != null
          || windowColumn != null
          || !tables.isEmpty()
          || !ignored.isEmpty()) {
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
    RowWindow window = window(spec);
    List<PairSpec> pairs = new ArrayList<>();
    for (TableNames.Pair names : TableNames.find(one, other, tables)) {
      pairs.add(new PairSpec(one, other, names.left(), names.right(), where, where, rules, window));
    }
    return pairs;
  }
}
