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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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
    Map<DeliveryPath, Known> known = new EnumMap<>(DeliveryPath.class);
    for (DeliveryPath path : DeliveryPath.values()) {
      known.put(path, known(path, doubts));
    }
    Map<RecordId, Explained> explained = new HashMap<>();
    for (Doubt doubt : doubts) {
      cause(doubt, known)
          .map(cause -> new Explained(cause, null))
          .or(() -> rule(doubt.difference()))
          .ifPresent(explanation -> explained.put(doubt.difference().id(), explanation));
    }
    return explained;
  }

  /** What became of records in a path's hands, as far as the control schema says. */
  private record Known(Set<RecordId> notCopied, Set<RecordId> dead, Set<RecordId> lost) {}

  private Known known(DeliveryPath path, List<Doubt> doubts) throws SQLException {
    Set<RecordId> records =
        doubts.stream()
            .flatMap(doubt -> lackedBy(path, doubt).stream())
            .collect(Collectors.toSet());
    return new Known(
        dropped.among(path, records),
        deadLetters.among(source(path), records),
        lost.among(path, records));
  }

  private static Optional<Explanation> cause(Doubt doubt, Map<DeliveryPath, Known> known) {
    if (lackedBy(DeliveryPath.STREAM, doubt).isPresent()
        && doubt.rows().because(RouteReason.STREAM_UNAVAILABLE)) {
      return Optional.of(Explanation.FALLBACK);
    }
    if (lacked(doubt, known, Known::notCopied)) {
      return Optional.of(Explanation.MIRROR_DROPPED);
    }
    if (lacked(doubt, known, Known::dead)) {
      return Optional.of(Explanation.DEAD_LETTER);
    }
    return doubt.difference().kind() == DifferenceClass.MISSING_IN_LEGACY
            && lacked(doubt, known, Known::lost)
        ? Optional.of(Explanation.LOST_IN_MEMORY)
        : Optional.empty();
  }

  private static boolean lacked(
      Doubt doubt, Map<DeliveryPath, Known> known, Function<Known, Set<RecordId>> what) {
    return known.entrySet().stream()
        .anyMatch(
            path ->
                lackedBy(path.getKey(), doubt)
                    .filter(record -> what.apply(path.getValue()).contains(record))
                    .isPresent());
  }

  private Optional<Explained> rule(Difference difference) {
    return rules.stream()
        .filter(rule -> rule.matches(difference))
        .findFirst()
        .map(rule -> new Explained(Explanation.RULE, rule.id()));
  }

  /**
   * The record that a path would have to have written for the rows to agree: the one that made the
   * other output's row. None of a row that is there under two ids, which is its writer's doing.
   */
  private static Optional<RecordId> lackedBy(DeliveryPath path, Doubt doubt) {
    StoredRow made = doubt.rows().of(path.other());
    return made != null && doubt.difference().kind() != DifferenceClass.REPEATED
        ? Optional.of(RowIdentity.of(doubt.rows().table(), made).record())
        : Optional.empty();
  }

  private static DeadLetters.Source source(DeliveryPath path) {
    return path == DeliveryPath.LEGACY ? DeadLetters.Source.LEGACY : DeadLetters.Source.STREAM;
  }

  @Override
  public String toString() {
    return "Explanations[" + kind.label() + "]";
  }
}
