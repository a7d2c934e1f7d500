package io.crossfade.reconciler.explain;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.StoredRow;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.LostRecords.How;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.Explained;
import io.crossfade.reconciler.diff.Explainer;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Says why rows of a kind differ, from what the control schema knows of the one acceptance that an
 * output lacks. What each explanation means and needs is in RATIONALE.md. What is not known
 * explains nothing.
 */
public final class Explanations implements Explainer {

  private final Kind kind;
  private final DroppedMirrors dropped;
  private final RefusedRecords refused;
  private final DeadLetters deadLetters;
  private final LostRecords lost;
  private final DualWriteHistory dualWrite;
  private final List<ExplanationRules.Rule> rules;

  /**
   * @param control the control schema; the flags' history and the rules are read once
   */
  public Explanations(Kind kind, DataSource control) {
    this.kind = kind;
    this.dropped = new DroppedMirrors(control);
    this.refused = new RefusedRecords(control);
    this.deadLetters = new DeadLetters(control);
    this.lost = new LostRecords(control);
    this.dualWrite = DualWriteHistory.read(control, kind);
    this.rules = new ExplanationRules(control).valid(kind);
  }

  @Override
  public boolean notMirrored(long stamp) {
    return dualWrite.offAt(AcceptanceStamp.instantOf(stamp));
  }

  @Override
  public boolean notMirrored(ComparisonWindow window) {
    return dualWrite.offThroughout(window.from(), window.to());
  }

  @Override
  public Map<RecordId, Explained> explain(List<Doubt> doubts) throws SQLException {
    List<Lack> lacks = doubts.stream().flatMap(doubt -> Lack.of(doubt).stream()).toList();
    Map<RecordId, Explained> explained = new HashMap<>();
    for (DeliveryPath path : DeliveryPath.values()) {
      List<Lack> ofPath = lacks.stream().filter(lack -> lack.path() == path).toList();
      Known known = known(path, ofPath.stream().map(Lack::record).collect(Collectors.toSet()));
      for (Lack lack : ofPath) {
        known.cause(lack).ifPresent(cause -> explained.put(lack.row(), new Explained(cause, null)));
      }
    }
    for (Doubt doubt : doubts) {
      Difference difference = doubt.difference();
      if (!explained.containsKey(difference.id())) {
        rule(difference).ifPresent(rule -> explained.put(difference.id(), rule));
      }
    }
    return explained;
  }

  /**
   * The acceptance that a path would have to have written for a row to agree: the one that made the
   * other output's row.
   *
   * @param row id of the row
   * @param path the one that lacks it
   * @param record the record that was accepted
   * @param reason why the other path had it
   */
  record Lack(
      RecordId row, DeliveryPath path, RecordId record, long stamp, @Nullable RouteReason reason) {

    /**
     * None where both outputs hold one acceptance, which should have made one row of both; nor for
     * a row that is there under two ids, which is its writer's doing, nor for one that cannot be
     * read.
     */
    static Optional<Lack> of(Doubt doubt) {
      RowPair rows = doubt.rows();
      return switch (doubt.difference().kind()) {
        case MISSING_IN_LEGACY, MISSING_IN_STREAM, FIELDS_DIFFER ->
            Stream.of(DeliveryPath.values()).flatMap(path -> of(rows, path).stream()).findFirst();
        case REPEATED, UNREADABLE -> Optional.empty();
      };
    }

    private static Optional<Lack> of(RowPair rows, DeliveryPath path) {
      StoredRow made = rows.of(path.other());
      StoredRow own = rows.of(path);
      if (made == null || (own != null && !rows.table().staysBefore(made, own))) {
        return Optional.empty();
      }
      RecordId record = RowIdentity.of(rows.table(), made).record();
      return Optional.of(new Lack(made.id(), path, record, made.stamp(), made.reason()));
    }
  }

  /**
   * What became of records in a path's hands, as far as the control schema says.
   *
   * @param notCopied stamps of the acceptances whose copies it did not take
   * @param refused stamps of the acceptances that it refused
   * @param lost those that it had accepted and did not write, and how
   */
  record Known(
      Map<RecordId, Set<Long>> notCopied,
      Map<RecordId, Set<Long>> refused,
      Set<RecordId> dead,
      Map<RecordId, How> lost) {

    Optional<Explanation> cause(Lack lack) {
      How how = lost.get(lack.record());
      if (how != null) {
        // A path that took the record answers for it, whatever became of other acceptances.
        return switch (how) {
          case IN_MEMORY ->
              lack.path() == DeliveryPath.LEGACY
                  ? Optional.of(Explanation.LOST_IN_MEMORY)
                  : Optional.empty();
          case LETTER_OVER_QUOTA -> Optional.of(Explanation.DEAD_LETTER);
          case UNKNOWN -> Optional.empty();
        };
      }
      if (lack.path() == DeliveryPath.STREAM && lack.reason() == RouteReason.STREAM_UNAVAILABLE) {
        return Optional.of(Explanation.FALLBACK);
      }
      if (has(refused, lack)) {
        return Optional.of(Explanation.REFUSED);
      }
      if (has(notCopied, lack)) {
        return Optional.of(Explanation.MIRROR_DROPPED);
      }
      return dead.contains(lack.record()) ? Optional.of(Explanation.DEAD_LETTER) : Optional.empty();
    }

    private static boolean has(Map<RecordId, Set<Long>> stamps, Lack lack) {
      Set<Long> of = stamps.getOrDefault(lack.record(), Set.of());
      return of.contains(lack.stamp()) || of.contains(DroppedMirrors.ANY);
    }
  }

  private Known known(DeliveryPath path, Set<RecordId> records) throws SQLException {
    return new Known(
        dropped.among(path, records),
        refused.among(path, records),
        deadLetters.among(DeadLetters.Source.of(path), records),
        lost.among(path, records));
  }

  private Optional<Explained> rule(Difference difference) {
    return rules.stream()
        .filter(rule -> rule.matches(difference))
        .findFirst()
        .map(rule -> new Explained(Explanation.RULE, rule.id()));
  }

  @Override
  public String toString() {
    return "Explanations[" + kind.label() + "]";
  }
}
