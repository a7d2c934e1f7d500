package io.crossfade.reconciler.diff;

import static io.crossfade.reconciler.diff.DiffWorld.EVENTS;
import static io.crossfade.reconciler.diff.DiffWorld.HEIGHT;
import static io.crossfade.reconciler.diff.DiffWorld.URGENT;
import static io.crossfade.reconciler.diff.DiffWorld.because;
import static io.crossfade.reconciler.diff.DiffWorld.event;
import static io.crossfade.reconciler.diff.DiffWorld.stamp;
import static io.crossfade.reconciler.diff.DiffWorld.stamped;
import static io.crossfade.reconciler.diff.DiffWorld.under;
import static io.crossfade.reconciler.diff.DiffWorld.window;
import static io.crossfade.reconciler.diff.DiffWorld.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputScan;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.SimulatedTable;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TableReader;
import io.crossfade.reconciler.diff.DiffWorld.MemoryLedger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Both looks at random tables in memory, against what the definitions say of each row: with plants
 * and without, with rows that come or are written again between the looks, and in a process that
 * dies at any of its notes.
 */
class TableComparisonTest {

  private static final int SEEDS = 80;

  /** Windows of 1,000 ms begin here. */
  private static final int FROM = 1_000;

  private static final RouteReason[] SERVED = {
    RouteReason.FLAG, RouteReason.OPT_IN, RouteReason.STREAM_UNAVAILABLE, RouteReason.MIRROR
  };

  private final DataSource legacyOutput = new DelegatingDataSource();
  private final DataSource streamOutput = new DelegatingDataSource();

  @Test
  void looksSayWhatTheDefinitionsSay() throws Exception {
    int planted = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      planted += play(seed, seed % 16 == 0 ? 1_800 : 150);
    }
    assertThat(planted).as("plants there were").isGreaterThan(2 * SEEDS);
  }

  /** More rows than a page has. */
  @Test
  void windowOfManyPagesIsReadToItsEnd() throws Exception {
    DiffWorld world = new DiffWorld();
    for (int i = 0; i < 12_000; i++) {
      world.putBoth(event(i, FROM + i % 1_000, false));
    }
    MemoryLedger ledger = new MemoryLedger();
    TableComparison comparison = comparison(world, ledger, 3L);
    comparison.firstLook();
    comparison.secondLook();
    TableProgress done = Objects.requireNonNull(ledger.progress);
    assertThat(done.matching()).isEqualTo(12_000);
    assertThat(done.consumed()).isEqualTo(24_000);
    assertThat(done.scanned()).isTrue();
    assertThat(ledger.believed).isEmpty();
    assertThat(comparison.proof().isFull()).isTrue();
  }

  private int play(int seed, int rows) throws Exception {
    Random random = new Random(seed);
    DiffWorld world = new DiffWorld();
    int dirty = 1 + random.nextInt(rows > 1_000 ? 2 : 6);
    fill(world, rows, dirty, random);
    MemoryLedger ledger = new MemoryLedger();
    ledger.dies = random.nextInt(2) == 0 ? 1 + random.nextInt(6) : Integer.MAX_VALUE;
    Long draw = random.nextInt(4) == 0 ? null : random.nextLong();
    String what = "seed %d, dies at %d, drawn by %s".formatted(seed, ledger.dies, draw);
    OutputScan.Order order = order(world);
    Expected expected = new Expected(world);
    TableComparison comparison = comparison(world, ledger, draw);
    try {
      comparison.firstLook();
    } catch (IllegalStateException e) {
      comparison = comparison(world, ledger, draw);
      comparison.firstLook();
    }
    TableProgress first = Objects.requireNonNull(ledger.progress);
    assertThat(first.order()).as(what).isEqualTo(order);
    assertThat(first.consumed()).as(what).isEqualTo(expected.consumed);
    assertThat(first.matching()).as(what).isEqualTo(expected.matching);
    assertThat(first.notMirrored()).as(what).isEqualTo(expected.notMirrored);
    assertThat(first.fallbacks()).as(what).isEqualTo(expected.fallbacks);
    assertThat(first.streamServed()).as(what).isEqualTo(expected.streamServed);
    assertThat(first.late()).as(what).isZero();
    assertThat(first.scanned()).isTrue();
    assertThat(kinds(ledger.once)).as(what).isEqualTo(expected.differing);

    meanwhile(world, expected.differing.keySet(), random);
    try {
      comparison.secondLook();
    } catch (IllegalStateException e) {
      comparison = comparison(world, ledger, draw);
      comparison.firstLook();
      comparison.secondLook();
    }
    Map<RecordId, String> believed = expected.believed();
    long agreed = expected.differing.size() - believed.size();
    TableProgress done = Objects.requireNonNull(ledger.progress);
    assertThat(done).as(what).isEqualTo(first.afterSecondLook(agreed));
    assertThat(done.late()).as(what).isEqualTo(agreed);
    assertThat(ledger.once).as(what).isEmpty();
    Map<RecordId, String> said = new TreeMap<>();
    ledger.believed.forEach(
        (id, one) -> {
          said.put(id, one.difference().kind().name());
          assertThat(one.explained()).isEqualTo(world.explainer.known.get(id));
        });
    assertThat(said).as(what).isEqualTo(believed);
    Proof proof = comparison.proof();
    assertThat(proof.isBroken()).as("%s: %s, %s", what, proof, ledger.plants).isFalse();
    assertThat(proof.planted()).isLessThanOrEqualTo(ledger.plants.size());
    if (draw == null) {
      assertThat(ledger.plants).isEmpty();
    }
    return (int) proof.planted();
  }

  private static Map<RecordId, String> kinds(Map<RecordId, Difference> found) {
    Map<RecordId, String> kinds = new TreeMap<>();
    found.forEach((id, one) -> kinds.put(id, one.kind().name()));
    return kinds;
  }

  /** Rows of every fate, a few of each in and around the window. */
  private static void fill(DiffWorld world, int rows, int dirty, Random random) {
    if (random.nextBoolean()) {
      world.explainer.offFrom = stamp(FROM + 300);
      world.explainer.offTo = stamp(FROM + 300 + random.nextInt(900));
    }
    int spread = 1_000 + random.nextInt(3_000);
    for (int i = 0; i < rows; i++) {
      RouteReason reason = SERVED[random.nextInt(SERVED.length)];
      StoredRow row =
          event(i, FROM - spread / 4 + random.nextInt(spread), random.nextInt(9) == 0, reason, 1.5);
      StoredRow copy = because(row, SERVED[random.nextInt(SERVED.length)]);
      boolean offToo = world.explainer.notMirrored(row.stamp()) && random.nextInt(3) > 0;
      switch (offToo ? random.nextInt(2) : random.nextInt(8 * dirty)) {
        case 0 -> world.legacy.put(row);
        case 1 -> world.stream.put(copy);
        case 2 -> {
          world.legacy.put(row);
          world.stream.put(with(copy, HEIGHT, 2.5));
        }
        case 3 -> {
          world.legacy.put(row);
          world.stream.put(stamped(copy, row.stamp() + stamp(random.nextInt(900)) - stamp(0)));
        }
        case 4 -> {
          world.legacy.put(stamped(row, row.stamp() + stamp(random.nextInt(900)) - stamp(0)));
          world.stream.put(random.nextBoolean() ? copy : with(copy, HEIGHT, null));
        }
        case 5 -> {
          world.putBoth(row);
          world
              .of(DeliveryPath.values()[random.nextInt(2)])
              .put(under(row, new RecordId(row.id().high(), random.nextLong())));
        }
        case 6 -> {
          StoredRow unknown = event(i, 1, false, null, 1.5);
          unknown = under(stamped(unknown, row.stamp()), unknown.id());
          world.of(DeliveryPath.values()[random.nextInt(2)]).put(unknown);
          if (random.nextBoolean()) {
            world.legacy.put(unknown);
            world.stream.put(with(copy, "event_type", "WEAR_STATUS_CHANGED"));
          }
        }
        default -> {
          world.legacy.put(row);
          world.stream.put(copy);
        }
      }
    }
    for (SimulatedTable table : List.of(world.legacy, world.stream)) {
      for (StoredRow row : table.rows()) {
        boolean differs =
            new RowPair(EVENTS, one(world.legacy, row.id()), one(world.stream, row.id()))
                .difference(URGENT)
                .isPresent();
        if (differs && random.nextInt(3) == 0) {
          world.explainer.known.put(
              row.id(), new Explained(Explanation.values()[random.nextInt(6)], 1L));
        }
      }
    }
  }

  private static @Nullable StoredRow one(SimulatedTable table, RecordId id) {
    return table.find(List.of(id)).get(id);
  }

  /** Copies come, and devices send again what both outputs have, which both write again. */
  private static void meanwhile(DiffWorld world, Iterable<RecordId> differing, Random random) {
    for (RecordId id : differing) {
      StoredRow legacy = one(world.legacy, id);
      StoredRow stream = one(world.stream, id);
      switch (random.nextInt(6)) {
        case 0 -> {
          if (legacy == null || stream == null) {
            world.legacy.put(legacy == null ? Objects.requireNonNull(stream) : legacy);
            world.stream.put(stream == null ? Objects.requireNonNull(legacy) : stream);
          }
        }
        case 1 -> {
          world.legacy.remove(id);
          world.stream.remove(id);
        }
        case 2 -> {
          if (legacy != null && stream != null) {
            world.stream.put(with(legacy, "event_value", "9"));
          }
        }
        default -> {}
      }
    }
    for (StoredRow row : world.legacy.rows()) {
      if (one(world.stream, row.id()) != null && random.nextInt(5) == 0) {
        boolean equal =
            new RowPair(EVENTS, row, one(world.stream, row.id())).difference(URGENT).isEmpty();
        if (equal) {
          world.legacy.put(stamped(with(row, HEIGHT, 7.5), row.stamp() + 5));
          world.stream.put(
              stamped(with(row, HEIGHT, random.nextInt(4) == 0 ? 8.5 : 7.5), row.stamp() + 5));
        }
      }
    }
  }

  /** What the definitions say, row by row. */
  private static final class Expected {

    private final DiffWorld world;
    private final Map<RecordId, String> differing = new TreeMap<>();
    private long consumed;
    private long matching;
    private long notMirrored;
    private long fallbacks;
    private long streamServed;

    Expected(DiffWorld world) {
      this.world = world;
      TreeSet<RecordId> ids = new TreeSet<>();
      world.legacy.rows().forEach(row -> ids.add(row.id()));
      world.stream.rows().forEach(row -> ids.add(row.id()));
      for (RecordId id : ids) {
        StoredRow legacy = one(world.legacy, id);
        StoredRow stream = one(world.stream, id);
        boolean inLegacy = legacy != null && within(legacy);
        boolean inStream = stream != null && within(stream);
        if (!inLegacy && !inStream) {
          continue;
        }
        consumed += (inLegacy ? 1 : 0) + (inStream ? 1 : 0);
        if (inLegacy && Objects.requireNonNull(legacy).reason() == RouteReason.STREAM_UNAVAILABLE) {
          fallbacks++;
        }
        RouteReason why = inStream ? Objects.requireNonNull(stream).reason() : null;
        if (why == RouteReason.FLAG || why == RouteReason.OPT_IN) {
          streamServed++;
        }
        String kind = kind(legacy, stream);
        if (kind.isEmpty()) {
          matching++;
        } else if (kind.equals("NOT MIRRORED")) {
          notMirrored++;
        } else {
          differing.put(id, kind);
        }
      }
    }

    private static boolean within(StoredRow row) {
      return row.stamp() >= stamp(FROM) && row.stamp() < stamp(FROM + 1_000);
    }

    private String kind(@Nullable StoredRow legacy, @Nullable StoredRow stream) {
      if (legacy != null && stream != null) {
        if (legacy.reason() == null || stream.reason() == null) {
          return "UNREADABLE";
        }
        return legacy.values().equals(stream.values()) ? "" : "FIELDS_DIFFER";
      }
      StoredRow row = Objects.requireNonNull(legacy == null ? stream : legacy);
      if (world.explainer.notMirrored(row.stamp())) {
        return row.reason() == null ? "UNREADABLE" : "NOT MIRRORED";
      }
      return !RowIdentity.of(EVENTS, row).row().equals(row.id())
          ? "REPEATED"
          : legacy == null ? "MISSING_IN_LEGACY" : "MISSING_IN_STREAM";
    }

    /** Of those that differed at first, what they are by now. */
    Map<RecordId, String> believed() {
      Map<RecordId, String> now = new TreeMap<>();
      for (RecordId id : differing.keySet()) {
        StoredRow legacy = one(world.legacy, id);
        StoredRow stream = one(world.stream, id);
        if (legacy != null || stream != null) {
          String kind = kind(legacy, stream);
          if (!kind.isEmpty()) {
            now.put(id, kind);
          }
        }
      }
      return now;
    }
  }

  /** Along the table once both windows together are three tenths of both tables. */
  private static OutputScan.Order order(DiffWorld world) {
    long within =
        world.legacy.count(stamp(FROM), stamp(FROM + 1_000))
            + world.stream.count(stamp(FROM), stamp(FROM + 1_000));
    long all = world.legacy.rows().size() + world.stream.rows().size();
    return 10 * within >= 3 * all ? OutputScan.Order.BY_ID : OutputScan.Order.BY_STAMP;
  }

  @Test
  void windowOfWhichNothingWasCopiedIsCountedUnread() throws Exception {
    DiffWorld world = new DiffWorld();
    world.explainer.offFrom = 0;
    for (int i = 0; i < 30; i++) {
      world.legacy.put(
          event(
              i, FROM + i, false, i < 4 ? RouteReason.STREAM_UNAVAILABLE : RouteReason.FLAG, 1.0));
      if (i < 9) {
        world.stream.put(event(100 + i, FROM + i, false));
      }
    }
    MemoryLedger ledger = new MemoryLedger();
    TableComparison comparison = comparison(world, ledger, 1L);
    assertThat(comparison.notMirrored()).isTrue();
    comparison.count();
    TableProgress counted = Objects.requireNonNull(ledger.progress);
    assertThat(counted.consumed()).isEqualTo(39);
    assertThat(counted.notMirrored()).isEqualTo(39);
    assertThat(counted.fallbacks()).isEqualTo(4);
    assertThat(counted.streamServed()).isEqualTo(9);
    assertThat(counted.scanned()).isTrue();
    assertThat(counted.matching()).isZero();
    assertThat(counted.expected()).isEqualTo(30);
    comparison.count();
    assertThat(ledger.progress).as("another goes on").isEqualTo(counted);
    world.explainer.offFrom = stamp(FROM) + 1;
    assertThat(comparison.notMirrored()).isFalse();
  }

  @Test
  void windowWithARowThatCannotBeReadIsReadInFull() throws Exception {
    DiffWorld world = new DiffWorld();
    world.explainer.offFrom = 0;
    StoredRow unknown = event(1, FROM, false, null, 1.5);
    world.legacy.put(unknown);
    world.stream.put(event(2, FROM, false));
    MemoryLedger ledger = new MemoryLedger();
    TableComparison comparison = comparison(world, ledger, null);
    comparison.count();
    assertThat(kinds(ledger.once)).isEqualTo(Map.of(unknown.id(), "UNREADABLE"));
    assertThat(Objects.requireNonNull(ledger.progress).notMirrored()).isEqualTo(1);
  }

  /** A plant that is excused was not found, but for a hidden one whose row has an excuse itself. */
  @Test
  void proofCountsWhatWasFoundInventedAndExcused() throws Exception {
    DiffWorld world = new DiffWorld();
    for (int i = 0; i < 100; i++) {
      world.putBoth(event(i, FROM + i, false));
    }
    long toFind = proof(world, plant -> null, ledger -> {}).planted();
    assertThat(toFind).isEqualTo(10);
    assertThat(proof(world, plant -> null, ledger -> {})).isEqualTo(new Proof(10, 10, 0, 0));
    assertThat(
            proof(
                world,
                plant -> plant.sort() == Plant.Sort.HIDDEN ? Explanation.MIRROR_DROPPED : null,
                ledger -> {}))
        .as("each of its own")
        .satisfies(proof -> assertThat(proof.isBroken()).isFalse())
        .satisfies(proof -> assertThat(proof.planted()).isBetween(6L, 8L));
    assertThat(proof(world, plant -> Explanation.MIRROR_DROPPED, ledger -> {}))
        .as("all by something else")
        .isEqualTo(new Proof(10, 0, 0, 0));
    assertThat(proof(world, plant -> Explanation.RULE, ledger -> {}))
        .as("a rule is no excuse: it is believed and explained")
        .isEqualTo(new Proof(10, 10, 0, 0));
    assertThat(
            proof(
                world,
                plant -> null,
                ledger -> mark(ledger, plant -> !plant.isDecoy(), Plant.Outcome.MISNAMED)))
        .isEqualTo(new Proof(10, 9, 1, 0));
    assertThat(
            proof(
                world,
                plant -> null,
                ledger -> mark(ledger, plant -> !plant.isDecoy(), Plant.Outcome.PLANTED)))
        .isEqualTo(new Proof(10, 9, 0, 0));
    assertThat(
            proof(
                world,
                plant -> null,
                ledger -> mark(ledger, Plant::isDecoy, Plant.Outcome.MISREAD)))
        .as("a decoy that came otherwise")
        .isEqualTo(new Proof(10, 10, 1, 0));
    assertThat(
            proof(
                world,
                plant -> null,
                ledger -> mark(ledger, plant -> !plant.isDecoy(), Plant.Outcome.MISREAD)))
        .isEqualTo(new Proof(10, 9, 0, 0));
  }

  private interface Excuse {
    @Nullable Explanation of(Plant plant);
  }

  private interface Meddling {
    void with(MemoryLedger ledger);
  }

  private static void mark(
      MemoryLedger ledger, java.util.function.Predicate<Plant> which, Plant.Outcome outcome) {
    Plant plant =
        ledger.plants.values().stream()
            .map(DifferenceLedger.Planted::plant)
            .filter(which)
            .findFirst()
            .orElseThrow();
    ledger.judged(EVENTS.name(), Map.of(plant.id(), outcome));
  }

  private Proof proof(DiffWorld world, Excuse excuse, Meddling meddling) throws Exception {
    MemoryLedger ledger = new MemoryLedger();
    TableComparison comparison = comparison(world, ledger, 5L);
    comparison.firstLook();
    world.explainer.known.clear();
    ledger
        .plants
        .values()
        .forEach(
            one -> {
              Explanation why = excuse.of(one.plant());
              if (why != null) {
                world.explainer.known.put(one.plant().id(), new Explained(why, null));
              }
            });
    comparison.secondLook();
    meddling.with(ledger);
    return comparison.proof();
  }

  @Test
  void rowOfAPlantThatSomebodyWroteMeanwhileIsNoneAnyMore() throws Exception {
    DiffWorld world = new DiffWorld();
    for (int i = 0; i < 100; i++) {
      world.putBoth(event(i, FROM + i, false));
    }
    Proof proof =
        proof(
            world,
            plant -> null,
            ledger -> {
              List<Plant> some =
                  ledger.plants.values().stream()
                      .map(DifferenceLedger.Planted::plant)
                      .filter(plant -> !plant.isDecoy())
                      .limit(2)
                      .toList();
              for (Plant plant : some) {
                ledger.judged(EVENTS.name(), Map.of(plant.id(), Plant.Outcome.MISNAMED));
              }
              // One is written again by both, one is only misnamed.
              StoredRow row = Objects.requireNonNull(one(world.legacy, some.getFirst().row()));
              world.putBoth(stamped(row, row.stamp() + 1));
            });
    assertThat(proof).isEqualTo(new Proof(9, 8, 1, 0));
  }

  @Test
  void readerThatFailsFailsTheLook() {
    DiffWorld world = new DiffWorld();
    world.putBoth(event(1, FROM, false));
    TableComparison comparison =
        new TableComparison(
            EVENTS,
            legacyOutput,
            streamOutput,
            (output, table) -> output == legacyOutput ? world.legacy : world.stream,
            window(FROM, FROM + 1_000),
            world.explainer,
            new MemoryLedger(),
            URGENT,
            output -> {
              if (output == streamOutput) {
                throw new SQLException("the stream output is away");
              }
            },
            null);
    assertThatThrownBy(comparison::firstLook)
        .isInstanceOf(SQLException.class)
        .hasMessage("the stream output is away");
  }

  private TableComparison comparison(DiffWorld world, MemoryLedger ledger, @Nullable Long seed) {
    Map<DataSource, TableReader> readers = new HashMap<>();
    readers.put(legacyOutput, world.legacy);
    readers.put(streamOutput, world.stream);
    return new TableComparison(
        EVENTS,
        legacyOutput,
        streamOutput,
        (output, table) -> Objects.requireNonNull(readers.get(output)),
        window(FROM, FROM + 1_000),
        world.explainer,
        ledger,
        URGENT,
        Throttle.NONE,
        seed);
  }

  /** The place to go on at is that of the last row. */
  @Test
  void progressGoesOnBehindItsLastRow() {
    TableProgress begun = TableProgress.begin(OutputScan.Order.BY_STAMP, 7);
    assertThat(begun.after()).isNull();
    RecordId id = new RecordId(1, 2);
    TableProgress later =
        new TableProgress(OutputScan.Order.BY_STAMP, 7, 5, 1, 0, 0, 0, 0, false, 9L, id.toString());
    assertThat(later.after()).isEqualTo(new OutputScan.Place(9, id));
    List<TableProgress> rows = new ArrayList<>(List.of(TableProgress.ofRows(3)));
    assertThat(rows.getFirst().consumed()).isEqualTo(6);
    assertThat(rows.getFirst().scanned()).isTrue();
  }
}
