package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Compares one table of the two outputs. The first look streams both sides and merges them; a row
 * without an equal partner is read again by its id from both outputs, typed, whatever window its
 * partner is in. The second look does that once more with what was found.
 */
public final class TableComparison {

  private static final int COUNTED_AT_ONCE = 100_000;

  /** Share of both tables from which on they are read along their ids; see RATIONALE.md. */
  private static final double MUCH_OF_THE_TABLE = 0.3;

  private final DataSource legacyOutput;
  private final DataSource streamOutput;
  private final OutputPair outputs;
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
    this.legacyOutput = legacyOutput;
    this.streamOutput = streamOutput;
    this.outputs = OutputPair.of(table, legacyOutput, streamOutput);
    this.window = window;
    this.explainer = explainer;
    this.ledger = ledger;
    this.urgentEvents = urgentEvents;
    this.throttle = throttle;
  }

  /** Reads both outputs at once and keeps what differs. Goes on where an earlier process was. */
  public void firstLook() throws SQLException {
    TableProgress known = ledger.progress(table());
    if (known == null) {
      known = begin();
      ledger.found(table(), List.of(), known);
    }
    if (!known.scanned()) {
      FirstLook look = new FirstLook(outputs, window, explainer, ledger, urgentEvents, known);
      try (SideReader left = reader(legacyOutput, outputs.legacy(), known);
          SideReader right = reader(streamOutput, outputs.stream(), known)) {
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
    if (ledger.progress(table()) != null) {
      firstLook();
      return;
    }
    TableProgress begun = begin();
    long ofLegacy = 0;
    long fallbacks = 0;
    long ofStream = 0;
    for (ComparisonWindow slice : window.slices(1 + begun.expected() / COUNTED_AT_ONCE)) {
      throttle.await(legacyOutput);
      OutputScan.Counts counts = outputs.legacy().countByReason(slice.fromStamp(), slice.toStamp());
      if (counts.unknown() > 0) {
        // Which rows they are, only reading them says.
        firstLook();
        return;
      }
      ofLegacy += counts.sum();
      fallbacks += counts.byReason().getOrDefault(RouteReason.STREAM_UNAVAILABLE, 0L);
      throttle.await(streamOutput);
      // From the index alone: what nobody copied into this output, the stream has served.
      ofStream += outputs.stream().count(slice.fromStamp(), slice.toStamp());
    }
    ledger.found(table(), List.of(), begun.counted(ofLegacy + ofStream, fallbacks, ofStream));
  }

  /** Looks again at what differed, and asks why. */
  public void secondLook() throws SQLException {
    RecordId after = null;
    while (true) {
      List<RecordId> ids = ledger.lookedAtOnce(table(), after, OutputPair.AT_ONCE);
      if (ids.isEmpty()) {
        return;
      }
      after = ids.getLast();
      Map<RecordId, RowPair> pairs = outputs.find(ids);
      List<Explainer.Doubt> doubts = new ArrayList<>();
      pairs
          .values()
          .forEach(
              pair ->
                  pair.difference(urgentEvents)
                      .map(
                          found ->
                              pair.isUnreadable() && FirstLook.wasMeantOnce(pair, explainer)
                                  ? found.as(DifferenceClass.UNREADABLE)
                                  : found)
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
      TableProgress progress = Objects.requireNonNull(ledger.progress(table()));
      ledger.believe(table(), agreed, believed, progress.afterSecondLook(agreed.size()));
    }
  }

  private String table() {
    return outputs.table().name();
  }

  private TableProgress begin() throws SQLException {
    long from = window.fromStamp();
    long to = window.toStamp();
    long ofLegacy = outputs.legacy().estimate(from, to);
    long ofStream = outputs.stream().estimate(from, to);
    // Of both together: all of a small table may be less to read than a little of a large one.
    boolean much =
        ofLegacy + ofStream
            >= MUCH_OF_THE_TABLE * (outputs.legacy().estimate() + outputs.stream().estimate());
    return TableProgress.begin(
        much ? OutputScan.Order.BY_ID : OutputScan.Order.BY_STAMP, Math.max(ofLegacy, ofStream));
  }

  private SideReader reader(DataSource output, OutputScan scan, TableProgress known) {
    return new SideReader(output, scan, known.order(), window, known.after(), throttle);
  }
}
