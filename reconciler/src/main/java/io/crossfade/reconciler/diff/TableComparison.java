package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.TableReader;
import io.crossfade.reconciler.diff.DifferenceLedger.Planted;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

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
  private final OutputPair truth;
  private final ComparisonWindow window;
  private final Explainer explainer;
  private final DifferenceLedger ledger;
  private final Set<String> urgentEvents;
  private final Throttle throttle;
  private final @Nullable Long seed;
  private Plants plants = Plants.NONE;

  /**
   * @param readers how a table of an output is read
   * @param seed which rows are planted; {@code null} for none, which proves nothing
   */
  public TableComparison(
      OutputTable<?> table,
      DataSource legacyOutput,
      DataSource streamOutput,
      Readers readers,
      ComparisonWindow window,
      Explainer explainer,
      DifferenceLedger ledger,
      Set<String> urgentEvents,
      Throttle throttle,
      @Nullable Long seed) {
    this.legacyOutput = legacyOutput;
    this.streamOutput = streamOutput;
    this.truth =
        new OutputPair(table, readers.of(legacyOutput, table), readers.of(streamOutput, table));
    this.window = window;
    this.explainer = explainer;
    this.ledger = ledger;
    this.urgentEvents = urgentEvents;
    this.throttle = throttle;
    this.seed = seed;
  }

  /** Reads a table of an output. */
  public interface Readers {
    TableReader of(DataSource output, OutputTable<?> table);
  }

  /** Reads both outputs at once and keeps what differs. Goes on where an earlier process was. */
  public void firstLook() throws SQLException {
    TableProgress known = ledger.progress(table());
    if (known == null) {
      known = begin();
      PlantDraw.Drawn drawn =
          seed == null
              ? new PlantDraw.Drawn(List.of(), Map.of())
              : new PlantDraw(truth, window, explainer, urgentEvents, seed ^ table().hashCode())
                  .draw(known.expected());
      ledger.begin(table(), drawn.plants(), known);
      plants = new Plants(drawn.plants(), drawn.witnesses());
    } else {
      plants = plantsOfEarlier(known);
    }
    if (!known.scanned()) {
      FirstLook look = new FirstLook(truth, plants, window, explainer, ledger, urgentEvents, known);
      OutputPair outputs = truth.with(plants);
      try (SideReader left = reader(legacyOutput, outputs.legacy(), known);
          SideReader right = reader(streamOutput, outputs.stream(), known)) {
        OutputDiff.merge(known.order()::compare, left, right, look);
      }
      look.finish();
    }
  }

  /** Those of an earlier process, with their rows as they are now. */
  private Plants plantsOfEarlier(TableProgress known) throws SQLException {
    List<Plant> earlier = ledger.plants(table()).stream().map(Planted::plant).toList();
    if (earlier.isEmpty()) {
      return Plants.NONE;
    }
    Map<RecordId, RawRow> witnesses =
        known.scanned() ? Map.of() : PlantDraw.alike(truth, rowsOf(earlier));
    return new Plants(earlier, witnesses);
  }

  private static Set<RecordId> rowsOf(List<Plant> plants) {
    return plants.stream().map(Plant::row).collect(Collectors.toCollection(LinkedHashSet::new));
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
      OutputScan.Counts counts = truth.legacy().countByReason(slice.fromStamp(), slice.toStamp());
      if (counts.unknown() > 0) {
        // Which rows they are, only reading them says.
        firstLook();
        return;
      }
      ofLegacy += counts.sum();
      fallbacks += counts.byReason().getOrDefault(RouteReason.STREAM_UNAVAILABLE, 0L);
      throttle.await(streamOutput);
      // From the index alone: what nobody copied into this output, the stream has served.
      ofStream += truth.stream().count(slice.fromStamp(), slice.toStamp());
    }
    ledger.begin(table(), List.of(), begun.counted(ofLegacy + ofStream, fallbacks, ofStream));
  }

  /** Looks again at what differed, and asks why. */
  public void secondLook() throws SQLException {
    lookAgainAtPlants();
    RecordId after = null;
    while (true) {
      List<RecordId> ids = ledger.lookedAtOnce(table(), after, OutputPair.AT_ONCE);
      if (ids.isEmpty()) {
        return;
      }
      after = ids.getLast();
      List<Explainer.Doubt> doubts = doubts(truth.find(ids).values());
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

  /** Those that the first look named. */
  private void lookAgainAtPlants() throws SQLException {
    Map<RecordId, Plant> named = new LinkedHashMap<>();
    for (Planted planted : ledger.plants(table())) {
      if (planted.outcome() == Plant.Outcome.NAMED) {
        named.put(planted.plant().id(), planted.plant());
      }
    }
    if (named.isEmpty()) {
      return;
    }
    List<Explainer.Doubt> doubts =
        doubts(truth.with(plants).find(List.copyOf(named.keySet())).values());
    Map<RecordId, Explained> explained = explainer.explain(doubts);
    Map<RecordId, Plant.Outcome> outcomes = new LinkedHashMap<>();
    for (Explainer.Doubt doubt : doubts) {
      RecordId id = doubt.difference().id();
      Explained why = explained.get(id);
      boolean excused = why != null && why.explanation() != Explanation.RULE;
      outcomes.put(
          id,
          !Objects.requireNonNull(named.get(id)).isNamedBy(doubt.rows(), doubt.difference())
              ? Plant.Outcome.MISNAMED
              : excused ? Plant.Outcome.EXCUSED : Plant.Outcome.BELIEVED);
    }
    ledger.judged(table(), outcomes);
  }

  private List<Explainer.Doubt> doubts(Collection<RowPair> pairs) {
    List<Explainer.Doubt> doubts = new ArrayList<>();
    pairs.forEach(
        pair ->
            pair.difference(urgentEvents)
                .map(
                    found ->
                        pair.isUnreadable() && FirstLook.wasMeantOnce(pair, explainer)
                            ? found.as(DifferenceClass.UNREADABLE)
                            : found)
                .ifPresent(found -> doubts.add(new Explainer.Doubt(pair, found))));
    return doubts;
  }

  /**
   * What the run made of its plants, after the second look. A row that somebody wrote meanwhile is
   * none any more. A hidden row may have an excuse of its own, such as a note that its copy was
   * dropped though it arrived; when most have one, they are excused by something else.
   */
  public Proof proof() throws SQLException {
    List<Planted> planted = ledger.plants(table());
    List<Plant> amiss = planted.stream().filter(one -> !isWell(one)).map(Planted::plant).toList();
    Set<RecordId> unchanged = new HashSet<>();
    if (!amiss.isEmpty()) {
      Map<RecordId, RawRow> now = PlantDraw.alike(truth, rowsOf(amiss));
      amiss.forEach(
          plant -> {
            RawRow row = now.get(plant.row());
            if (row != null && row.stamp() == plant.stamp()) {
              unchanged.add(plant.id());
            }
          });
    }
    List<Planted> valid =
        planted.stream()
            .filter(one -> isWell(one) || unchanged.contains(one.plant().id()))
            .toList();
    long toFind = valid.stream().filter(one -> !one.plant().isDecoy()).count();
    long ownExcuses =
        valid.stream()
            .filter(one -> one.outcome() == Plant.Outcome.EXCUSED)
            .filter(one -> one.plant().sort() == Plant.Sort.HIDDEN)
            .count();
    long found = count(valid, Plant.Outcome.BELIEVED);
    long invented = count(valid, Plant.Outcome.MISNAMED);
    long misreadDecoys =
        valid.stream()
            .filter(one -> one.plant().isDecoy() && one.outcome() == Plant.Outcome.MISREAD)
            .count();
    return new Proof(
        ownExcuses < found ? toFind - ownExcuses : toFind, found, invented + misreadDecoys, 0);
  }

  private static boolean isWell(Planted one) {
    return one.outcome()
        == (one.plant().isDecoy() ? Plant.Outcome.PLANTED : Plant.Outcome.BELIEVED);
  }

  private static long count(List<Planted> planted, Plant.Outcome outcome) {
    return planted.stream().filter(one -> one.outcome() == outcome).count();
  }

  /** Name of the table. */
  public String table() {
    return truth.table().name();
  }

  private TableProgress begin() throws SQLException {
    long from = window.fromStamp();
    long to = window.toStamp();
    long ofLegacy = truth.legacy().estimate(from, to);
    long ofStream = truth.stream().estimate(from, to);
    // Of both together: all of a small table may be less to read than a little of a large one.
    boolean much =
        ofLegacy + ofStream
            >= MUCH_OF_THE_TABLE * (truth.legacy().estimate() + truth.stream().estimate());
    return TableProgress.begin(
        much ? OutputScan.Order.BY_ID : OutputScan.Order.BY_STAMP, Math.max(ofLegacy, ofStream));
  }

  private SideReader reader(DataSource output, TableReader scan, TableProgress known) {
    return new SideReader(output, scan, known.order(), window, known.after(), throttle);
  }
}
