package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the merge of one table finds: counts it, reads again by its id what has no equal partner,
 * and keeps what still differs, with the place to go on at.
 */
final class FirstLook implements OutputDiff.Sink {

  private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);
  private static final int LOOK_AT_CLOCK_EVERY = 1_024;

  private enum SeenOn {
    BOTH,
    LEGACY,
    STREAM
  }

  /**
   * A row without an equal partner.
   *
   * @param readable whether this release knows its route reason
   */
  private record Suspect(SeenOn on, long stamp, boolean readable) {

    static Suspect of(SeenOn on, RawRow row) {
      return new Suspect(on, row.stamp(), row.reason() != null);
    }
  }

  private final OutputPair outputs;
  private final ComparisonWindow window;
  private final Explainer explainer;
  private final DifferenceLedger ledger;
  private final Set<String> urgentEvents;
  private final TableProgress known;
  private final Map<RecordId, Suspect> suspects = new HashMap<>();
  private final List<Difference> found = new ArrayList<>();
  private long consumed;
  private long matching;
  private long notMirrored;
  private long fallbacks;
  private long streamServed;
  private @Nullable RawRow last;
  private long checkpointAt = System.nanoTime();
  private int sinceClock;

  FirstLook(
      OutputPair outputs,
      ComparisonWindow window,
      Explainer explainer,
      DifferenceLedger ledger,
      Set<String> urgentEvents,
      TableProgress known) {
    this.outputs = outputs;
    this.window = window;
    this.explainer = explainer;
    this.ledger = ledger;
    this.urgentEvents = urgentEvents;
    this.known = known;
    this.consumed = known.consumed();
    this.matching = known.matching();
    this.notMirrored = known.notMirrored();
    this.fallbacks = known.fallbacks();
    this.streamServed = known.streamServed();
  }

  @Override
  public void both(RawRow left, RawRow right) throws SQLException {
    consumed += 2;
    count(left, right);
    if (left.reason() != null && right.reason() != null && left.sameColumns(right)) {
      matching++;
    } else {
      suspects.put(left.id(), Suspect.of(SeenOn.BOTH, left));
    }
    passed(left);
  }

  @Override
  public void onlyLegacy(RawRow row) throws SQLException {
    consumed++;
    count(row, null);
    suspects.put(row.id(), Suspect.of(SeenOn.LEGACY, row));
    passed(row);
  }

  @Override
  public void onlyStream(RawRow row) throws SQLException {
    consumed++;
    count(null, row);
    suspects.putIfAbsent(row.id(), Suspect.of(SeenOn.STREAM, row));
    passed(row);
  }

  private void count(@Nullable RawRow left, @Nullable RawRow right) {
    if (left != null && left.reason() == RouteReason.STREAM_UNAVAILABLE) {
      fallbacks++;
    }
    if (right != null
        && (right.reason() == RouteReason.FLAG || right.reason() == RouteReason.OPT_IN)) {
      streamServed++;
    }
  }

  private void passed(RawRow row) throws SQLException {
    last = row;
    if (suspects.size() >= OutputPair.AT_ONCE) {
      resolve();
      if (!found.isEmpty()) {
        checkpoint(false);
      }
    } else if (++sinceClock == LOOK_AT_CLOCK_EVERY) {
      sinceClock = 0;
      if (System.nanoTime() - checkpointAt > CHECKPOINT_EVERY.toNanos()) {
        checkpoint(false);
      }
    }
  }

  /**
   * Keeps what was found.
   *
   * @param scanned whether the merge has ended
   */
  void checkpoint(boolean scanned) throws SQLException {
    resolve();
    ledger.found(
        outputs.table().name(),
        found,
        new TableProgress(
            known.order(),
            known.expected(),
            consumed,
            matching,
            notMirrored,
            known.late(),
            fallbacks,
            streamServed,
            scanned,
            last == null ? known.afterStamp() : Long.valueOf(last.stamp()),
            last == null ? known.afterId() : last.id().toString()));
    found.clear();
    checkpointAt = System.nanoTime();
  }

  private void resolve() throws SQLException {
    dismissNotMirrored(SeenOn.LEGACY, outputs.stream());
    dismissNotMirrored(SeenOn.STREAM, outputs.legacy());
    for (RowPair pair : outputs.find(List.copyOf(suspects.keySet())).values()) {
      if (seenOn(pair.id()) == SeenOn.STREAM && metFromTheLegacySide(pair)) {
        continue;
      }
      Optional<Difference> difference = pair.difference(urgentEvents);
      if (difference.isEmpty()) {
        matching++;
      } else if (!wasMeantOnce(pair, explainer)) {
        found.add(difference.get());
      } else if (pair.isUnreadable()) {
        found.add(difference.get().as(DifferenceClass.UNREADABLE));
      } else {
        notMirrored++;
      }
    }
    suspects.clear();
  }

  /** Whether a row that one output lacks was not meant to be there. */
  static boolean wasMeantOnce(RowPair pair, Explainer explainer) {
    return pair.isAlone() && explainer.notMirrored(pair.any().stamp());
  }

  /**
   * Counts the rows whose copies were not meant to be and are in no other window either. While dual
   * write is off these are all rows, and reading each again would double the work.
   */
  private void dismissNotMirrored(SeenOn here, OutputScan elsewhere) throws SQLException {
    List<RecordId> alone =
        suspects.entrySet().stream()
            .filter(suspect -> suspect.getValue().on() == here)
            .filter(suspect -> suspect.getValue().readable())
            .filter(suspect -> explainer.notMirrored(suspect.getValue().stamp()))
            .map(Map.Entry::getKey)
            .toList();
    if (!alone.isEmpty()) {
      Set<RecordId> copied = elsewhere.present(alone);
      alone.stream()
          .filter(id -> !copied.contains(id))
          .forEach(
              id -> {
                suspects.remove(id);
                notMirrored++;
              });
    }
  }

  private SeenOn seenOn(RecordId id) {
    return Objects.requireNonNull(suspects.get(id)).on();
  }

  /**
   * Whether an id that comes from both sides, under two stamps of one window, counts when it comes
   * from the other.
   */
  private boolean metFromTheLegacySide(RowPair pair) {
    StoredRow left = pair.legacy();
    StoredRow right = pair.stream();
    return known.order() == OutputScan.Order.BY_STAMP
        && left != null
        && right != null
        && left.stamp() != right.stamp()
        && window.contains(left.stamp());
  }
}
