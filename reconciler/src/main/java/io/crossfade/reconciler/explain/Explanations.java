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
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explained;
import io.crossfade.reconciler.diff.Explainer;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    if (doubts.isEmpty()) {
      return Map.of();
    }
    Map<RecordId, RecordId> records = new HashMap<>();
    for (Doubt doubt : doubts) {
      RowPair rows = doubt.rows();
      records.put(rows.id(), RowIdentity.of(rows.table(), rows.any()).record());
    }
    Set<RecordId> rowIds = records.keySet();
    Set<RecordId> recordIds = new HashSet<>(records.values());
    Map<DeliveryPath, Set<RecordId>> notCopied = new HashMap<>();
    Map<DeliveryPath, Set<RecordId>> dead = new HashMap<>();
    for (DeliveryPath path : DeliveryPath.values()) {
      notCopied.put(path, dropped.among(path, rowIds));
      dead.put(path, deadLetters.among(source(path), recordIds));
    }
    Set<RecordId> died = lost.among(DeliveryPath.LEGACY, recordIds);
    Map<RecordId, Explained> explained = new HashMap<>();
    for (Doubt doubt : doubts) {
      Difference difference = doubt.difference();
      RecordId id = difference.id();
      RecordId record = records.getOrDefault(id, id);
      Set<DeliveryPath> guilty = guilty(difference.kind());
      if (guilty.contains(DeliveryPath.STREAM)
          && doubt.rows().because(RouteReason.STREAM_UNAVAILABLE)) {
        explained.put(id, new Explained(Explanation.FALLBACK, null));
      } else if (guilty.stream().anyMatch(path -> in(notCopied, path, id))) {
        explained.put(id, new Explained(Explanation.MIRROR_DROPPED, null));
      } else if (guilty.stream().anyMatch(path -> in(dead, path, record))) {
        explained.put(id, new Explained(Explanation.DEAD_LETTER, null));
      } else if (difference.kind() == DifferenceClass.MISSING_IN_LEGACY && died.contains(record)) {
        explained.put(id, new Explained(Explanation.LOST_IN_MEMORY, null));
      } else {
        rules.stream()
            .filter(rule -> rule.matches(difference))
            .findFirst()
            .ifPresent(rule -> explained.put(id, new Explained(Explanation.RULE, rule.id())));
      }
    }
    return explained;
  }

  /** The paths whose doing could be the cause. */
  private static Set<DeliveryPath> guilty(DifferenceClass kind) {
    return switch (kind) {
      case MISSING_IN_STREAM -> Set.of(DeliveryPath.STREAM);
      case MISSING_IN_LEGACY -> Set.of(DeliveryPath.LEGACY);
      case FIELDS_DIFFER -> Set.of(DeliveryPath.values());
      case REPEATED -> Set.of();
    };
  }

  private static boolean in(
      Map<DeliveryPath, Set<RecordId>> known, DeliveryPath path, RecordId id) {
    return known.getOrDefault(path, Set.of()).contains(id);
  }

  private static DeadLetters.Source source(DeliveryPath path) {
    return path == DeliveryPath.LEGACY ? DeadLetters.Source.LEGACY : DeadLetters.Source.STREAM;
  }

  @Override
  public String toString() {
    return "Explanations[" + kind.label() + "]";
  }
}
