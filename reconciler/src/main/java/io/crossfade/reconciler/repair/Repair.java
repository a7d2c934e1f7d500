package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceSelection;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.SelectedRows;
import io.crossfade.reconciler.diff.Difference;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Repairs what a comparison found: brings missing rows over in either direction, and makes fields
 * equal where a person says which output is right. Looks at each row again before it touches it:
 * one that differs no longer in the way that was shown is left alone, and so is one that is there
 * under a wrong id.
 */
public final class Repair {

  private static final int AT_ONCE = 500;

  /**
   * What was done, or would be.
   *
   * @param toLegacy rows brought to the legacy output
   * @param toStream rows brought to the stream output
   * @param leftAlone differences that were not touched
   * @param changed of these, rows that would have been, were they still as they were shown: they
   *     agree by now, differ in another way, are gone, or another repair was faster
   */
  public record Done(long toLegacy, long toStream, long leftAlone, long changed) {

    static final Done NOTHING = new Done(0, 0, 0, 0);

    Done plus(Done other) {
      return new Done(
          toLegacy + other.toLegacy,
          toStream + other.toStream,
          leftAlone + other.leftAlone,
          changed + other.changed);
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
  private final RepairLog log;

  public Repair(DataSource control, DataSource legacy, DataSource stream) {
    this.legacy = legacy;
    this.stream = stream;
    this.differences = new Differences(control);
    this.log = new RepairLog(control);
  }

  /**
   * Hands over every change that {@link #apply} would make, for a person to read.
   *
   * @throws IllegalArgumentException when a row that is named is no difference of the run, or when
   *     there are too many
   */
  public Preview dryRun(Plan plan, Consumer<RowChange> changes) throws SQLException {
    SelectedRows selected = differences.select(plan.comparisonId(), plan.selection());
    return new Preview(
        selected.count(), digest(plan, selected), run(plan, selected, changes, null));
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
    long id = log.begin(plan, selected.count(), digest, actor, reason);
    Done done = run(plan, selected, change -> {}, id);
    log.finish(id, done);
    return new Receipt(id, selected.count(), done);
  }

  /** Repairs of a run, newest first. */
  public List<Recorded> recorded(long comparisonId, int limit) {
    return log.of(comparisonId, limit);
  }

  private static String digest(Plan plan, SelectedRows selected) {
    return selected.digest(String.valueOf(plan.prefer()));
  }

  /** Acts on the rows that were selected, whatever else matches by now. */
  private Done run(
      Plan plan, SelectedRows selected, Consumer<RowChange> changes, @Nullable Long repairId)
      throws SQLException {
    Done done = Done.NOTHING;
    for (Map.Entry<String, List<SelectedRows.Row>> of : selected.byTable().entrySet()) {
      String name = of.getKey();
      List<SelectedRows.Row> rows = of.getValue();
      OutputTable<?> table = OutputTables.find(name).orElse(null);
      if (table == null) {
        // Of a kind that this process has not.
        done = done.plus(new Done(0, 0, rows.size(), 0));
        continue;
      }
      RowRepairs repairs = new RowRepairs(table, legacy, stream, plan.prefer());
      for (int from = 0; from < rows.size(); from += AT_ONCE) {
        List<SelectedRows.Row> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
        if (repairId != null) {
          log.selected(plan.comparisonId(), name, ids(some, SelectedRows.Row::id), repairId);
        }
        // Another repair may have been faster.
        List<SelectedRows.Row> left = differences.unrepaired(plan.comparisonId(), name, some);
        List<Difference> todo = repairs.lookAgain(left);
        if (repairId == null) {
          repairs.show(todo).forEach(changes);
        } else {
          todo = repairs.apply(todo);
          log.repaired(plan.comparisonId(), name, ids(todo, Difference::id), repairId);
        }
        done = done.plus(repairs.done(some, todo));
      }
    }
    return done;
  }

  private static <T> List<RecordId> ids(List<T> rows, Function<T, RecordId> id) {
    return rows.stream().map(id).toList();
  }
}
