package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.LongQuestions;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.RowCopier;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.DifferenceHash;
import io.crossfade.reconciler.SelectedRows;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Repairs rows of one table, a few at once. */
final class RowRepairs {

  private final OutputTable<?> table;
  private final DataSource legacy;
  private final DataSource stream;
  private final @Nullable DeliveryPath prefer;

  /**
   * @param prefer the output that is right where fields differ; {@code null} leaves those alone
   */
  RowRepairs(
      OutputTable<?> table, DataSource legacy, DataSource stream, @Nullable DeliveryPath prefer) {
    this.table = table;
    this.legacy = legacy;
    this.stream = stream;
    this.prefer = prefer;
  }

  /** How those of the rows that are to be touched differ, if they still do so as was shown. */
  List<Difference> lookAgain(List<SelectedRows.Row> rows) throws SQLException {
    List<RecordId> ids = rows.stream().map(SelectedRows.Row::id).toList();
    Map<RecordId, StoredRow> left = new OutputScan(legacy, table).find(ids);
    Map<RecordId, StoredRow> right = new OutputScan(stream, table).find(ids);
    List<Difference> todo = new ArrayList<>();
    for (SelectedRows.Row row : rows) {
      StoredRow one = left.get(row.id());
      StoredRow other = right.get(row.id());
      if (changes(row.kind()) != null && (one != null || other != null)) {
        new RowPair(table, one, other)
            .difference(Set.of())
            .filter(now -> now.kind() == row.kind() && DifferenceHash.of(now) == row.fields())
            .ifPresent(todo::add);
      }
    }
    return todo;
  }

  /** What {@link #apply} would do, for people. */
  List<RowChange> show(List<Difference> todo) throws SQLException {
    Map<RecordId, String> statements = new HashMap<>();
    for (DeliveryPath to : DeliveryPath.values()) {
      RowCopier copier = copier(to);
      String schema = schema(output(to));
      statements.putAll(copier.insertStatements(schema, ids(todo, to, false)));
      statements.putAll(copier.overwriteStatements(schema, ids(todo, to, true)));
    }
    List<RowChange> changes = new ArrayList<>();
    for (Difference one : todo) {
      DeliveryPath to = changes(one.kind());
      String statement = statements.get(one.id());
      if (to != null && statement != null) {
        changes.add(
            new RowChange(
                one.table(),
                one.id(),
                one.deviceSn(),
                one.kind(),
                other(to),
                to,
                isOverwritten(one) ? one.fields() : List.of(),
                statement));
      }
    }
    return changes;
  }

  /** Touches the rows; those that it did, since one may be written by its path meanwhile. */
  List<Difference> apply(List<Difference> todo) throws SQLException {
    Set<RecordId> done = new HashSet<>();
    for (DeliveryPath to : DeliveryPath.values()) {
      List<RecordId> missing = ids(todo, to, false);
      copier(to).insert(missing);
      done.addAll(missing);
      done.addAll(copier(to).overwrite(ids(todo, to, true)));
    }
    return todo.stream().filter(one -> done.contains(one.id())).toList();
  }

  /**
   * In figures.
   *
   * @param selected rows that were selected
   * @param touched those of them that were touched, or would be
   */
  Repair.Done done(List<SelectedRows.Row> selected, List<Difference> touched) {
    long toLegacy =
        touched.stream().filter(one -> changes(one.kind()) == DeliveryPath.LEGACY).count();
    long meant = selected.stream().filter(row -> changes(row.kind()) != null).count();
    return new Repair.Done(
        toLegacy,
        touched.size() - toLegacy,
        selected.size() - touched.size(),
        meant - touched.size());
  }

  /** The output in which a row of this class is changed; {@code null} when it is left alone. */
  private @Nullable DeliveryPath changes(DifferenceClass kind) {
    return switch (kind) {
      case MISSING_IN_STREAM -> DeliveryPath.STREAM;
      case MISSING_IN_LEGACY -> DeliveryPath.LEGACY;
      case FIELDS_DIFFER -> Optional.ofNullable(prefer).map(RowRepairs::other).orElse(null);
      case REPEATED, UNREADABLE -> null;
    };
  }

  private static boolean isOverwritten(Difference one) {
    return one.kind() == DifferenceClass.FIELDS_DIFFER;
  }

  private List<RecordId> ids(List<Difference> todo, DeliveryPath to, boolean overwritten) {
    return todo.stream()
        .filter(one -> changes(one.kind()) == to && isOverwritten(one) == overwritten)
        .map(Difference::id)
        .toList();
  }

  private RowCopier copier(DeliveryPath to) {
    return new RowCopier(table, output(other(to)), output(to));
  }

  private DataSource output(DeliveryPath path) {
    return path == DeliveryPath.LEGACY ? legacy : stream;
  }

  private static DeliveryPath other(DeliveryPath path) {
    return path == DeliveryPath.LEGACY ? DeliveryPath.STREAM : DeliveryPath.LEGACY;
  }

  private static String schema(DataSource output) throws SQLException {
    try (Connection connection = LongQuestions.connect(output)) {
      return connection.getCatalog();
    }
  }
}
