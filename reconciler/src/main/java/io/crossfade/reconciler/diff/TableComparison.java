package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Compares one table of the two outputs. The first look streams both sides and merges them; a row
 * without an equal partner is read again by its id from both outputs, typed, whatever window its
 * partner is in. The second look does that once more with what was found.
 */
public final class TableComparison {

  private static final int AT_ONCE = 500;
  private static final int COUNTED_AT_ONCE = 100_000;
  private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);
  private static final int LOOK_AT_CLOCK_EVERY = 1_024;

  /** Share of both tables from which on they are read along their ids; see RATIONALE.md. */
  private static final double MUCH_OF_THE_TABLE = 0.3;

  private final OutputTable<?> table;
  private final DataSource legacyOutput;
  private final DataSource streamOutput;
  private final OutputScan legacy;
  private final OutputScan stream;
  private final ComparisonWindow window;
  private final Explainer explainer;
  private final DifferenceLedger ledger;
  private final Set<String> urgentEvents;
  private final Throttle throttle;

  public TableComparison(
      OutputTable<?> table,
      DataSource legacyOutput,
      DataSource streamOutput,
      ComparisonWindow window,
      Explainer explainer,
      DifferenceLedger ledger,
      Set<String> urgentEvents,
      Throttle throttle) {
    this.table = table;
    this.legacyOutput = legacyOutput;
    this.streamOutput = streamOutput;
    this.legacy = new OutputScan(legacyOutput, table);
    this.stream = new OutputScan(streamOutput, table);
    this.window = window;
    this.explainer = explainer;
    this.ledger = ledger;
    this.urgentEvents = urgentEvents;
    this.throttle = throttle;
  }

  /** Reads both outputs at once and keeps what differs. Goes on where an earlier process was. */
  public void firstLook() throws SQLException {
    TableProgress known = ledger.progress(table.name());
    if (known == null) {
      known = begin();
      ledger.found(table.name(), List.of(), known);
    }
    if (!known.scanned()) {
      FirstLook look = new FirstLook(known);
      try (SideReader left = reader(legacyOutput, legacy, known);
          SideReader right = reader(streamOutput, stream, known)) {
        OutputDiff.merge(known.order(), left, right, look);
      }
      look.checkpoint(true);
    }
  }

  /** Whether nothing of the window was meant to be on both sides. */
  public boolean notMirrored() {
    return explainer.notMirrored(window);
  }

  /**
   * Instead of the first look counts the rows of a window of which nothing was copied, and reads
   * none of them. Goes on with a look that another process began.
   */
  public void count() throws SQLException, InterruptedException {
    if (ledger.progress(table.name()) != null) {
      firstLook();
      return;
    }
    TableProgress begun = begin();
    long ofLegacy = 0;
    long fallbacks = 0;
    long ofStream = 0;
    for (ComparisonWindow slice : window.slices(1 + begun.expected() / COUNTED_AT_ONCE)) {
      throttle.await(legacyOutput);
      Map<RouteReason, Long> counts = legacy.countByReason(slice.fromStamp(), slice.toStamp());
      ofLegacy += counts.values().stream().mapToLong(Long::longValue).sum();
      fallbacks += counts.getOrDefault(RouteReason.STREAM_UNAVAILABLE, 0L);
      throttle.await(streamOutput);
      // From the index alone: what nobody copied into this output, the stream has served.
      ofStream += stream.count(slice.fromStamp(), slice.toStamp());
    }
    ledger.found(table.name(), List.of(), begun.counted(ofLegacy + ofStream, fallbacks, ofStream));
  }

  /** Looks again at what differed, and asks why. */
  public void secondLook() throws SQLException {
    RecordId after = null;
    while (true) {
      List<RecordId> ids = ledger.lookedAtOnce(table.name(), after, AT_ONCE);
      if (ids.isEmpty()) {
        return;
      }
      after = ids.getLast();
      Map<RecordId, RowPair> pairs = pairs(ids);
      List<Explainer.Doubt> doubts = new ArrayList<>();
      pairs
          .values()
          .forEach(
              pair ->
                  pair.difference(urgentEvents)
                      .ifPresent(found -> doubts.add(new Explainer.Doubt(pair, found))));
      Map<RecordId, Explained> explained = explainer.explain(doubts);
      List<DifferenceLedger.Believed> believed =
          doubts.stream()
              .map(
                  doubt ->
                      new DifferenceLedger.Believed(
                          doubt.difference(), explained.get(doubt.difference().id())))
              .toList();
      Set<RecordId> agreed = new LinkedHashSet<>(ids);
      doubts.forEach(doubt -> agreed.remove(doubt.difference().id()));
      TableProgress progress = Objects.requireNonNull(ledger.progress(table.name()));
      ledger.believe(table.name(), agreed, believed, progress.afterSecondLook(agreed.size()));
    }
  }

  private TableProgress begin() throws SQLException {
    long from = window.fromStamp();
    long to = window.toStamp();
    long ofLegacy = legacy.estimate(from, to);
    long ofStream = stream.estimate(from, to);
    // Of both together: all of a small table may be less to read than a little of a large one.
    boolean much =
        ofLegacy + ofStream >= MUCH_OF_THE_TABLE * (legacy.estimate() + stream.estimate());
    return TableProgress.begin(
        much ? OutputScan.Order.BY_ID : OutputScan.Order.BY_STAMP, Math.max(ofLegacy, ofStream));
  }

  private SideReader reader(DataSource output, OutputScan scan, TableProgress known) {
    return new SideReader(output, scan, known.order(), window, known.after(), throttle);
  }

  private Map<RecordId, RowPair> pairs(List<RecordId> ids) throws SQLException {
    Map<RecordId, StoredRow> left = legacy.find(ids);
    Map<RecordId, StoredRow> right = stream.find(ids);
    Map<RecordId, RowPair> pairs = new LinkedHashMap<>();
    for (RecordId id : ids) {
      if (left.containsKey(id) || right.containsKey(id)) {
        pairs.put(id, new RowPair(table, left.get(id), right.get(id)));
      }
    }
    return pairs;
  }

  /** Consumes the merge. */
  private final class FirstLook implements OutputDiff.Sink {

    private enum SeenOn {
      BOTH,
      LEGACY,
      STREAM
    }

    private record Suspect(SeenOn on, long stamp) {}

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

    FirstLook(TableProgress known) {
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
      if (left.sameColumns(right)) {
        matching++;
      } else {
        suspects.put(left.id(), new Suspect(SeenOn.BOTH, left.stamp()));
      }
      passed(left);
    }

    @Override
    public void onlyLegacy(RawRow row) throws SQLException {
      consumed++;
      count(row, null);
      suspects.put(row.id(), new Suspect(SeenOn.LEGACY, row.stamp()));
      passed(row);
    }

    @Override
    public void onlyStream(RawRow row) throws SQLException {
      consumed++;
      count(null, row);
      suspects.putIfAbsent(row.id(), new Suspect(SeenOn.STREAM, row.stamp()));
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
      if (suspects.size() >= AT_ONCE) {
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

    void checkpoint(boolean scanned) throws SQLException {
      resolve();
      ledger.found(
          table.name(),
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
      dismissNotMirrored(SeenOn.LEGACY, stream);
      dismissNotMirrored(SeenOn.STREAM, legacy);
      for (RowPair pair : pairs(List.copyOf(suspects.keySet())).values()) {
        if (seenOn(pair.id()) == SeenOn.STREAM && metFromTheLegacySide(pair)) {
          continue;
        }
        Optional<Difference> difference = pair.difference(urgentEvents);
        if (difference.isEmpty()) {
          matching++;
        } else if ((pair.legacy() == null || pair.stream() == null)
            && explainer.notMirrored(pair.any().stamp())) {
          notMirrored++;
        } else {
          found.add(difference.get());
        }
      }
      suspects.clear();
    }

    /**
     * Counts the rows whose copies were not meant to be and are in no other window either. While
     * dual write is off these are all rows, and reading each again would double the work.
     */
    private void dismissNotMirrored(SeenOn here, OutputScan elsewhere) throws SQLException {
      List<RecordId> alone =
          suspects.entrySet().stream()
              .filter(suspect -> suspect.getValue().on() == here)
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
     * Whether an id that comes from both sides, under two stamps of one window, counts when it
     * comes from the other.
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
}
