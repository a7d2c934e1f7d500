package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RowCopier;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceSelection;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.SelectedRows;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
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
   * @param selection on which of its differences to act
   * @param prefer the output that is right where fields differ; {@code null} leaves those alone
   */
  public record Plan(
      long comparisonId, DifferenceSelection selection, @Nullable DeliveryPath prefer) {

    /**
     * What looks again at the rows that it was to act on.
     *
     * @param run that found them
     */
    public ComparisonRequest verification(Comparisons.Summary run, Receipt receipt) {
      return selection instanceof DifferenceSelection.All
          ? ComparisonRequest.ofRows(run)
          : ComparisonRequest.ofRepair(run, receipt.id());
    }
  }

  /**
   * What a repair would do.
   *
   * @param selected rows that it is to act on, to touch them or to leave them alone
   * @param digest of these rows and of what is to be done with them, for {@link #apply}
   */
  public record Preview(long selected, String digest, Done done) {}

  /**
   * What a repair did.
   *
   * @param id under which it is recorded
   * @param selected rows that it was to act on
   */
  public record Receipt(long id, long selected, Done done) {}

  /**
   * A repair as it is kept.
   *
   * @param finishedAt {@code null} while it is at work, or when its process died
   * @param selection on what it was to act, in words; {@code null} of an older release, which acted
   *     on all
   * @param selected how many rows that were; {@code null} of an older release
   */
  public record Recorded(
      long id,
      String actor,
      String reason,
      Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable String selection,
      @Nullable Long selected,
      @Nullable DeliveryPath prefer,
      Done done) {}

  private final DataSource legacy;
  private final DataSource stream;
  private final Differences differences;
  private final RepairLog repairs;

  public Repair(DataSource control, DataSource legacy, DataSource stream) {
    this.legacy = legacy;
    this.stream = stream;
    this.differences = new Differences(control);
    this.repairs = new RepairLog(control);
  }

  /**
   * Hands over every statement that {@link #apply} would run, for a person to read.
   *
   * @throws IllegalArgumentException when a row that is named is no difference of the run, or when
   *     there are too many
   */
  public Preview dryRun(Plan plan, Consumer<String> statements) throws SQLException {
    SelectedRows selected = differences.select(plan.comparisonId(), plan.selection());
    return new Preview(
        selected.count(), digest(plan, selected), run(plan, selected, statements, null));
  }

  /**
   * Repairs what a preview has shown, and no other row.
   *
   * @param digest of the preview
   * @param actor who says so
   * @param reason why
   * @throws SelectionChangedException when other rows would be repaired than those of the preview
   * @throws IllegalArgumentException as {@link #dryRun} does
   */
  public Receipt apply(Plan plan, String digest, String actor, String reason) throws SQLException {
    if (actor.isBlank() || reason.isBlank()) {
      throw new IllegalArgumentException("A repair needs an actor and a reason");
    }
    SelectedRows selected = differences.select(plan.comparisonId(), plan.selection());
    String now = digest(plan, selected);
    if (!now.equals(digest)) {
      throw new SelectionChangedException(digest, selected.count(), now);
    }
    long id = repairs.begin(plan, selected.count(), digest, actor, reason);
    Done done = run(plan, selected, statement -> {}, id);
    repairs.finish(id, done);
    return new Receipt(id, selected.count(), done);
  }

  /** Repairs of a run, newest first. */
  public List<Recorded> recorded(long comparisonId, int limit) {
    return repairs.of(comparisonId, limit);
  }

  private static String digest(Plan plan, SelectedRows selected) {
    return selected.digest(String.valueOf(plan.prefer()));
  }

  /** Acts on the rows that were selected, whatever else matches by now. */
  private Done run(
      Plan plan, SelectedRows selected, Consumer<String> statements, @Nullable Long repairId)
      throws SQLException {
    Done done = new Done(0, 0, 0);
    for (Map.Entry<String, List<RecordId>> of : selected.ids().entrySet()) {
      String name = of.getKey();
      List<RecordId> ids = of.getValue();
      OutputTable<?> table = OutputTables.find(name).orElse(null);
      if (table == null) {
        // Of a kind that this process has not.
        done = done.plus(new Done(0, 0, ids.size()));
        continue;
      }
      for (int from = 0; from < ids.size(); from += AT_ONCE) {
        List<RecordId> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
        // Another repair may have been faster.
        List<RecordId> left = differences.unrepaired(plan.comparisonId(), name, some);
        if (repairId != null) {
          repairs.selected(plan.comparisonId(), name, left, repairId);
        }
        done =
            done.plus(new Done(0, 0, some.size() - left.size()))
                .plus(some(plan, table, left, statements, repairId));
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
