package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TableReader;
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
final class FirstLook implements OutputDiff.Sink<RawRow> {

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
  private final OutputPair truth;
  private final Plants plants;
  private final ComparisonWindow window;
  private final Explainer explainer;
  private final DifferenceLedger ledger;
  private final Set<String> urgentEvents;
  private final TableProgress known;
  private final Map<RecordId, Suspect> suspects = new HashMap<>();
  private final List<Difference> found = new ArrayList<>();
  private final Map<RecordId, Plant.Outcome> outcomes = new HashMap<>();
  private long consumed;
  private long matching;
  private long notMirrored;
  private long fallbacks;
  private long streamServed;
  private @Nullable RawRow last;
  private long checkpointAt = System.nanoTime();
  private int sinceClock;

  /**
   * @param truth the outputs as they are
   */
  FirstLook(
      OutputPair truth,
      Plants plants,
      ComparisonWindow window,
      Explainer explainer,
      DifferenceLedger ledger,
      Set<String> urgentEvents,
      TableProgress known) {
    this.outputs = truth.with(plants);
    this.truth = truth;
    this.plants = plants;
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
    if (plants.of(left.id()) != null) {
      suspects.put(left.id(), Suspect.of(SeenOn.BOTH, left));
      passed(left);
      return;
    }
    consumed += 2;
    count(left.reason(), right.reason());
    if (left.reason() != null && right.reason() != null && left.sameColumns(right)) {
      matching++;
    } else {
      suspects.put(left.id(), Suspect.of(SeenOn.BOTH, left));
    }
    passed(left);
  }

  @Override
  public void onlyLegacy(RawRow row) throws SQLException {
    if (plants.of(row.id()) == null) {
      consumed++;
      count(row.reason(), null);
    }
    suspects.put(row.id(), Suspect.of(SeenOn.LEGACY, row));
    passed(row);
  }

  @Override
  public void onlyStream(RawRow row) throws SQLException {
    if (plants.of(row.id()) == null) {
      consumed++;
      count(null, row.reason());
    }
    suspects.putIfAbsent(row.id(), Suspect.of(SeenOn.STREAM, row));
    passed(row);
  }

  private void count(@Nullable RouteReason left, @Nullable RouteReason right) {
    if (left == RouteReason.STREAM_UNAVAILABLE) {
      fallbacks++;
    }
    if (right == RouteReason.FLAG || right == RouteReason.OPT_IN) {
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

  /** Keeps what was found to the end of the window. */
  void finish() throws SQLException {
    resolve();
    countRowsOfPlants();
    checkpoint(true);
  }

  private void checkpoint(boolean scanned) throws SQLException {
    resolve();
    plants.misread().forEach(id -> outcomes.put(id, Plant.Outcome.MISREAD));
    ledger.found(
        outputs.table().name(),
        found,
        outcomes,
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
    outcomes.clear();
    checkpointAt = System.nanoTime();
  }

  private void resolve() throws SQLException {
    dismissNotMirrored(SeenOn.LEGACY, outputs.stream());
    dismissNotMirrored(SeenOn.STREAM, outputs.legacy());
    for (RowPair pair : outputs.find(List.copyOf(suspects.keySet())).values()) {
      if (seenOn(pair.id()) == SeenOn.STREAM && metFromTheLegacySide(pair)) {
        continue;
      }
      Plant plant = plants.of(pair.id());
      if (plant == null) {
        judge(pair);
      } else {
        judge(plant, pair);
      }
    }
    suspects.clear();
  }

  private void judge(RowPair pair) {
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

  private void judge(Plant plant, RowPair pair) {
    Optional<Difference> difference = pair.difference(urgentEvents);
    if (difference.isPresent() && !wasMeantOnce(pair, explainer)) {
      outcomes.put(
          plant.id(),
          plant.isNamedBy(pair, difference.get()) ? Plant.Outcome.NAMED : Plant.Outcome.MISNAMED);
    }
  }

  /** As they would have been counted without plants. */
  private void countRowsOfPlants() throws SQLException {
    List<RecordId> rows = plants.rows();
    for (RowPair pair : truth.find(rows).values()) {
      StoredRow left = pair.legacy();
      StoredRow right = pair.stream();
      boolean leftIn = left != null && window.contains(left.stamp());
      boolean rightIn = right != null && window.contains(right.stamp());
      consumed += (leftIn ? 1 : 0) + (rightIn ? 1 : 0);
      count(
          leftIn ? Objects.requireNonNull(left).reason() : null,
          rightIn ? Objects.requireNonNull(right).reason() : null);
      if (leftIn || rightIn) {
        judge(pair);
      }
    }
  }

  /**
   * Whether what one output lacks was not meant to be there: its row, or the acceptance that made
   * the newer of two states.
   */
  static boolean wasMeantOnce(RowPair pair, Explainer explainer) {
    if (pair.isAlone()) {
      return explainer.notMirrored(pair.any().stamp());
    }
    StoredRow newer = pair.isUnreadable() ? null : pair.newerState();
    return newer != null && explainer.notMirrored(newer.stamp());
  }

  /**
   * Counts the rows whose copies were not meant to be and are in no other window either. While dual
   * write is off these are all rows, and reading each again would double the work.
   */
  private void dismissNotMirrored(SeenOn here, TableReader elsewhere) throws SQLException {
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
                notMirrored += plants.of(id) == null ? 1 : 0;
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
