package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RowCopier;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Repairs what a comparison found: brings missing rows over in either direction, and makes fields
 * equal where a person says which output is right. Looks at each row again before it touches it;
 * what agrees by now, and rows that are there under a wrong id, are left alone.
 */
public final class Repair {

  private static final int AT_ONCE = 500;

  /**
   * What was done, or would be.
   *
   * @param toLegacy rows brought to the legacy output
   * @param toStream rows brought to the stream output
   * @param leftAlone differences that were not touched
   */
  public record Done(long toLegacy, long toStream, long leftAlone) {

    Done plus(Done other) {
      return new Done(
          toLegacy + other.toLegacy, toStream + other.toStream, leftAlone + other.leftAlone);
    }
  }

  /**
   * What to repair.
   *
   * @param comparisonId the run that found it
   * @param prefer the output that is right where fields differ; {@code null} leaves those alone
   */
  public record Plan(long comparisonId, @Nullable DeliveryPath prefer) {}

  private final DataSource legacy;
  private final DataSource stream;
  private final RepairLog repairs;

  public Repair(DataSource control, DataSource legacy, DataSource stream) {
    this.legacy = legacy;
    this.stream = stream;
    this.repairs = new RepairLog(control);
  }

  /** Hands over every statement that {@link #apply} would run, for a person to read. */
  public Done dryRun(Plan plan, Consumer<String> statements) throws SQLException {
    return run(plan, statements, null);
  }

  /**
   * Repairs.
   *
   * @param actor who says so
   * @param reason why
   */
  public Done apply(Plan plan, String actor, String reason) throws SQLException {
    if (actor.isBlank() || reason.isBlank()) {
      throw new IllegalArgumentException("A repair needs an actor and a reason");
    }
    long repairId = repairs.begin(plan, actor, reason);
    Done done = run(plan, statement -> {}, repairId);
    repairs.finish(repairId, done);
    return done;
  }

  private Done run(Plan plan, Consumer<String> statements, @Nullable Long repairId)
      throws SQLException {
    Done done = new Done(0, 0, 0);
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        RecordId after = null;
        List<RecordId> ids;
        do {
          ids = repairs.unrepaired(plan.comparisonId(), table.name(), after, AT_ONCE);
          if (!ids.isEmpty()) {
            done = done.plus(some(plan, table, ids, statements, repairId));
            after = ids.getLast();
          }
        } while (ids.size() == AT_ONCE);
      }
    }
    return done;
  }

  private Done some(
      Plan plan,
      OutputTable<?> table,
      List<RecordId> ids,
      Consumer<String> statements,
      @Nullable Long repairId)
      throws SQLException {
    Map<RecordId, StoredRow> left = new OutputScan(legacy, table).find(ids);
    Map<RecordId, StoredRow> right = new OutputScan(stream, table).find(ids);
    Map<DifferenceClass, List<RecordId>> todo = new EnumMap<>(DifferenceClass.class);
    for (RecordId id : ids) {
      StoredRow one = left.get(id);
      StoredRow other = right.get(id);
      if (one != null || other != null) {
        Optional<Difference> difference = new RowPair(table, one, other).difference(Set.of());
        difference.ifPresent(
            found -> todo.computeIfAbsent(found.kind(), k -> new ArrayList<>()).add(id));
      }
    }
    RowCopier toStream = new RowCopier(table, legacy, stream);
    RowCopier toLegacy = new RowCopier(table, stream, legacy);
    List<RecordId> inStream = todo.getOrDefault(DifferenceClass.MISSING_IN_STREAM, List.of());
    List<RecordId> inLegacy = todo.getOrDefault(DifferenceClass.MISSING_IN_LEGACY, List.of());
    List<RecordId> unlike = todo.getOrDefault(DifferenceClass.FIELDS_DIFFER, List.of());
    boolean legacyIsRight = plan.prefer() == DeliveryPath.LEGACY;
    boolean streamIsRight = plan.prefer() == DeliveryPath.STREAM;
    long broughtToStream = inStream.size() + (legacyIsRight ? unlike.size() : 0);
    long broughtToLegacy = inLegacy.size() + (streamIsRight ? unlike.size() : 0);
    if (repairId == null) {
      String streamSchema = schema(stream);
      String legacySchema = schema(legacy);
      toStream.insertStatements(streamSchema, inStream).forEach(statements);
      toLegacy.insertStatements(legacySchema, inLegacy).forEach(statements);
      if (legacyIsRight) {
        toStream.overwriteStatements(streamSchema, unlike).forEach(statements);
      } else if (streamIsRight) {
        toLegacy.overwriteStatements(legacySchema, unlike).forEach(statements);
      }
    } else {
      toStream.insert(inStream);
      toLegacy.insert(inLegacy);
      if (legacyIsRight) {
        broughtToStream = inStream.size() + toStream.overwrite(unlike);
      } else if (streamIsRight) {
        broughtToLegacy = inLegacy.size() + toLegacy.overwrite(unlike);
      }
      List<RecordId> repaired = new ArrayList<>(inStream);
      repaired.addAll(inLegacy);
      if (plan.prefer() != null) {
        repaired.addAll(unlike);
      }
      repairs.repaired(plan.comparisonId(), table.name(), repaired, repairId);
    }
    return new Done(
        broughtToLegacy, broughtToStream, ids.size() - broughtToStream - broughtToLegacy);
  }

  private static String schema(DataSource output) throws SQLException {
    try (Connection connection = output.getConnection()) {
      return connection.getCatalog();
    }
  }
}
