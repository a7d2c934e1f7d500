package io.crossfade.reconciler.explain;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeadLetters;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.DroppedMirrors;
import io.crossfade.db.Kind;
import io.crossfade.db.LostRecords;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explained;
import io.crossfade.reconciler.diff.Explainer;
import io.crossfade.reconciler.diff.Explanation;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Says why rows of a kind differ, from what the control schema knows: notes of copies that a path
 * did not take, dead letters, records that died in memory, changes of the flags, and people's
 * rules.
 */
public final class Explanations implements Explainer {

  private final Kind kind;
  private final DroppedMirrors dropped;
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
    List<Lack> lacks = doubts.stream().map(Lack::of).toList();
    Map<DeliveryPath, Known> known = new EnumMap<>(DeliveryPath.class);
    for (DeliveryPath path : DeliveryPath.values()) {
      known.put(path, known(path, lacks));
    }
    Map<RecordId, Explained> explained = new HashMap<>();
    for (Lack lack : lacks) {
      Difference difference = lack.doubt().difference();
      cause(lack, known)
          .map(cause -> new Explained(cause, null))
          .or(() -> rule(difference))
          .ifPresent(explanation -> explained.put(difference.id(), explanation));
    }
    return explained;
  }

  /**
   * A difference, and by path the record that it would have to have written for the rows to agree:
   * the one that made the other output's row. None for a row that is there under two ids, which is
   * its writer's doing, nor for one that cannot be read.
   */
  private record Lack(Doubt doubt, Map<DeliveryPath, RecordId> records) {

    static Lack of(Doubt doubt) {
      Map<DeliveryPath, RecordId> records = new EnumMap<>(DeliveryPath.class);
      for (DeliveryPath path : DeliveryPath.values()) {
        StoredRow made = doubt.rows().of(path.other());
        if (made != null
            && doubt.difference().kind() != DifferenceClass.REPEATED
            && doubt.difference().kind() != DifferenceClass.UNREADABLE) {
          records.put(path, RowIdentity.of(doubt.rows().table(), made).record());
        }
      }
      return new Lack(doubt, records);
    }
  }

  /**
   * What became of records in a path's hands, as far as the control schema says.
   *
   * @param lost in a router's memory; what the stream loses, nothing explains
   */
  private record Known(Set<RecordId> notCopied, Set<RecordId> dead, Set<RecordId> lost) {}

  private Known known(DeliveryPath path, List<Lack> lacks) throws SQLException {
    Set<RecordId> records = new HashSet<>();
    for (Lack lack : lacks) {
      RecordId record = lack.records().get(path);
      if (record != null) {
        records.add(record);
      }
    }
    return new Known(
        dropped.among(path, records),
        deadLetters.among(DeadLetters.Source.of(path), records),
        path == DeliveryPath.LEGACY ? lost.among(path, records) : Set.of());
  }

  private static Optional<Explanation> cause(Lack lack, Map<DeliveryPath, Known> known) {
    if (lack.records().containsKey(DeliveryPath.STREAM)
        && lack.doubt().rows().because(RouteReason.STREAM_UNAVAILABLE)) {
      return Optional.of(Explanation.FALLBACK);
    }
    if (has(known, Known::notCopied, lack)) {
      return Optional.of(Explanation.MIRROR_DROPPED);
    }
    if (has(known, Known::dead, lack)) {
      return Optional.of(Explanation.DEAD_LETTER);
    }
    return lack.doubt().difference().kind() == DifferenceClass.MISSING_IN_LEGACY
            && has(known, Known::lost, lack)
        ? Optional.of(Explanation.LOST_IN_MEMORY)
        : Optional.empty();
  }

  private static boolean has(
      Map<DeliveryPath, Known> known, Function<Known, Set<RecordId>> what, Lack lack) {
    return known.entrySet().stream()
        .anyMatch(
            path -> {
              RecordId record = lack.records().get(path.getKey());
              return record != null && what.apply(path.getValue()).contains(record);
            });
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
