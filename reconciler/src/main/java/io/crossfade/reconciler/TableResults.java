package io.crossfade.reconciler;

import static io.crossfade.reconciler.ComparisonRows.difference;
import static java.util.Objects.requireNonNull;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.TableProgress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts the differences that runs have stored. */
final class TableResults {

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  TableResults(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
  }

  /** What a run found in the tables of its kinds. */
  Map<Kind, List<TableResult>> of(long run, Set<Kind> kinds, Map<String, TableProgress> progress) {
    List<DifferenceGroup> groups = groups(run);
    Map<Kind, List<TableResult>> results = new TreeMap<>();
    for (Kind kind : kinds) {
      List<TableResult> ofKind = new ArrayList<>();
      for (OutputTable<?> table : OutputTables.of(kind)) {
        String name = table.name();
        ofKind.add(
            of(
                run,
                name,
                requireNonNull(progress.get(name)),
                groups.stream().filter(group -> group.table().equals(name)).toList()));
      }
      results.put(kind, ofKind);
    }
    return results;
  }

  private TableResult of(long id, String table, TableProgress now, List<DifferenceGroup> groups) {
    Map<DifferenceClass, Long> differences = new EnumMap<>(DifferenceClass.class);
    Map<Explanation, Long> explained = new EnumMap<>(Explanation.class);
    Map<String, Long> columns = new TreeMap<>();
    Map<String, Long> servedBy = new TreeMap<>();
    long urgentMissing = 0;
    long urgentExplained = 0;
    for (DifferenceGroup group : groups) {
      differences.merge(group.kind(), group.count(), Long::sum);
      servedBy.merge(group.servedBy(), group.count(), Long::sum);
      Explanation explanation = group.explanation();
      long urgent = group.urgent() && lacksOne(group.kind()) ? group.count() : 0;
      if (explanation != null) {
        explained.merge(explanation, group.count(), Long::sum);
        urgentExplained += urgent;
      } else {
        urgentMissing += urgent;
      }
      group.columns().forEach(column -> columns.merge(column, group.count(), Long::sum));
    }
    return new TableResult(
        table,
        now.matching(),
        now.late(),
        now.notMirrored(),
        differences,
        explained,
        columns,
        servedBy,
        urgentMissing,
        urgentExplained,
        samples(id, table));
  }

  /** Whether an output lacks the record under its id. */
  static boolean lacksOne(DifferenceClass kind) {
    return switch (kind) {
      case MISSING_IN_STREAM, MISSING_IN_LEGACY, REPEATED -> true;
      case FIELDS_DIFFER, UNREADABLE -> false;
    };
  }

  /** The differences of a run, alike ones together. */
  List<DifferenceGroup> groups(long run) {
    return in(
        () ->
            jdbc.sql(
                    "SELECT table_name, class, explanation, urgent, served_by, columns, COUNT(*)"
                        + " FROM difference WHERE comparison_id = ?"
                        + " GROUP BY table_name, class, explanation, urgent, served_by, columns")
                .param(run)
                .query((row, number) -> group(row))
                .list());
  }

  private static DifferenceGroup group(ResultSet row) throws SQLException {
    String explanation = row.getString(3);
    String columns = row.getString(6);
    return new DifferenceGroup(
        row.getString(1),
        DifferenceClass.valueOf(row.getString(2)),
        explanation == null ? null : Explanation.valueOf(explanation),
        row.getBoolean(4),
        row.getString(5),
        columns.isEmpty() ? List.of() : List.of(columns.split(",")),
        row.getLong(7));
  }

  private List<Difference> samples(long id, String table) {
    return in(
        () ->
            jdbc.sql(
                    "SELECT * FROM difference WHERE comparison_id = ? AND table_name = ?"
                        + " ORDER BY id LIMIT "
                        + Comparisons.SAMPLES)
                .params(id, table)
                .query((row, number) -> difference(row))
                .list());
  }

  private <T> T in(Supplier<T> work) {
    return transactions.in(work);
  }
}
