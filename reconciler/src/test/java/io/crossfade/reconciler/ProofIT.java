package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TableReader;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.diff.TableComparison;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plants are found, and leave no trace in what a run says. The figures of runs without plants are
 * the oracle; worlds are random, from seeds.
 */
class ProofIT {

  private static final int SECONDS = 400;
  private static final long APART_MS = 100;

  private final TestOutputs outputs = new TestOutputs();
  private final Output legacy = new Output(outputs.legacy());
  private final Output stream = new Output(outputs.stream());
  private final List<AcceptedRecord> records = new ArrayList<>();

  @AfterEach
  void close() {
    outputs.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void figuresAreThoseOfARunWithoutPlants(long seed) throws Exception {
    Random random = new Random(seed);
    upload(random.nextInt(1, SECONDS), seed);
    damage(random);
    for (Origin origin : List.of(Origin.ON_DEMAND, Origin.ROLLING)) {
      for (ComparisonWindow window : windows(random)) {
        ComparisonRequest request = ComparisonRequest.all(origin, window);
        // Or there would be nothing left to roll over.
        TestOutputs.update(outputs.control(), "DELETE FROM comparison");
        ComparisonResult plain = drained(OutputScan::new, Throttle.NONE, false).run(request);
        List<Comparisons.StoredDifference> differences = differences(plain);
        TestOutputs.update(outputs.control(), "DELETE FROM comparison");
        ComparisonResult planted = drained(OutputScan::new, Throttle.NONE, true).run(request);
        same(planted, plain, differences);
        for (Kind kind : Kind.values()) {
          if (plain.compared(kind) > 0) {
            assertThat(figures(planted, kind).proof().isBroken())
                .as("%s %s %s", kind, figures(planted, kind).proof(), left())
                .isFalse();
          }
        }
      }
    }
  }

  /** Killed at each page that it asks for, and gone on with by another process. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12})
  void resumedRunHasTheSamePlantsAndFigures(long seed) throws Exception {
    Random random = new Random(seed);
    upload(SECONDS / 4, seed);
    damage(random);
    ComparisonRequest request = ComparisonRequest.all(Origin.ON_DEMAND, always());
    ComparisonResult plain = drained(OutputScan::new, Throttle.NONE, false).run(request);
    List<Comparisons.StoredDifference> differences = differences(plain);
    for (int at = 1; at < 10; at += 2) {
      AtomicInteger asked = new AtomicInteger();
      int last = at;
      Throttle killer =
          output -> {
            if (asked.incrementAndGet() == last) {
              throw new IllegalStateException("killed");
            }
          };
      assertThatThrownBy(() -> drained(OutputScan::new, killer, true).run(request))
          .hasMessageContaining("killed");
      ComparisonResult resumed = drained(OutputScan::new, Throttle.NONE, true).run(request);
      same(resumed, plain, differences);
      assertThat(resumed.proof().isBroken()).as("%s %s", resumed.proof(), left()).isFalse();
      assertThat(resumed.proof().planted()).isPositive();
    }
  }

  @Test
  void planIsOfEveryClassFromBothSidesWithUrgentOnes() throws Exception {
    upload(SECONDS, 5);
    ComparisonResult result =
        drained(OutputScan::new, Throttle.NONE, true)
            .run(ComparisonRequest.all(Origin.ON_DEMAND, always()));
    Proof proof = figures(result, Kind.EVENT).proof();
    assertThat(proof.isFull()).as("%s", proof).isTrue();
    assertThat(proof.planted()).isGreaterThanOrEqualTo(10);
    assertThat(result.proof().planted()).isGreaterThanOrEqualTo(40);
    assertThat(result.isProven()).isTrue();
    assertThat(result.verdict(Kind.HEALTH)).isNotEqualTo(Verdict.FAIL);
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM plant")).isZero();
  }

  @Test
  void oneRowIsEnoughAndNoRowNeedsNone() throws Exception {
    AcceptedRecord one = SampleRecords.event("ONE", 1, true);
    legacy.write(List.of(one));
    stream.write(List.of(one));
    ComparisonResult result =
        drained(OutputScan::new, Throttle.NONE, true)
            .run(ComparisonRequest.all(Origin.ON_DEMAND, always()));
    assertThat(figures(result, Kind.EVENT).proof()).isEqualTo(new Proof(1, 1, 0, 0));
    assertThat(figures(result, Kind.EVENT).urgentMissing()).isZero();
    assertThat(figures(result, Kind.HEALTH).isProven()).isTrue();
    assertThat(result.verdict(Kind.HEALTH)).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void withoutARowToPlantInNothingPassesAndAFailureStays() throws Exception {
    AcceptedRecord one = SampleRecords.event("ONE", 1, false);
    legacy.write(List.of(one));
    ComparisonResult result =
        drained(OutputScan::new, Throttle.NONE, true)
            .run(ComparisonRequest.all(Origin.ON_DEMAND, always()));
    assertThat(figures(result, Kind.EVENT).proof()).isEqualTo(new Proof(0, 0, 0, 1));
    assertThat(result.reasons(Kind.EVENT)).contains(Reason.NOT_PROVEN);
    AcceptedRecord urgent = SampleRecords.event("ONE", 2, true);
    legacy.write(List.of(urgent));
    assertThat(
            drained(OutputScan::new, Throttle.NONE, true)
                .run(ComparisonRequest.all(Origin.ON_DEMAND, always()))
                .verdict())
        .isEqualTo(Verdict.FAIL);
  }

  @Test
  void runWithoutPlantsNeverPasses() throws Exception {
    upload(SECONDS, 6);
    ComparisonResult result =
        drained(OutputScan::new, Throttle.NONE, true)
            .withoutProof()
            .run(ComparisonRequest.all(Origin.ON_DEMAND, always()));
    assertThat(result.reasons(Kind.EVENT)).contains(Reason.NOT_PROVEN);
  }

  /** Readers that would let a difference pass unnoticed. */
  enum Broken {
    /** Says that a page is the last one. */
    STOPS_EARLY,
    /** Leaves rows out, on both sides the same. */
    DROPS_ROWS,
    /** Gives a column of both sides one value. */
    LEVELS_A_COLUMN,
    /** Rows of a page come without their stamps. */
    FORGETS_STAMPS,
    /** Rows are not found by their ids. */
    FINDS_NOTHING,
    /** Every second one is not. */
    FINDS_HALF,
    /** Found rows come without their stamps. */
    FINDS_STAMPLESS,
    /** Found rows have a route reason that nobody knows: nothing can be said of them. */
    FINDS_UNREADABLE,
    /** No row is drawn. */
    DRAWS_NOTHING
  }

  @ParameterizedTest
  @EnumSource(Broken.class)
  void brokenReaderIsCaught(Broken how) throws Exception {
    upload(SECONDS, 7);
    shadowSince(acceptedAt(0).minusSeconds(600));
    ComparisonResult result =
        drained(
                (output, table) -> new BrokenReader(new OutputScan(output, table), how),
                Throttle.NONE,
                true)
            .run(ComparisonRequest.all(Origin.ON_DEMAND, always()));
    assertThat(result.isProven()).as("%s: %s", how, result.proof()).isFalse();
    assertThat(result.verdict()).isNotEqualTo(Verdict.PASS);
    assertThat(
            drained(OutputScan::new, Throttle.NONE, true)
                .run(ComparisonRequest.all(Origin.ON_DEMAND, always()))
                .isProven())
        .as("a sound one is proven")
        .isTrue();
  }

  private record BrokenReader(TableReader of, Broken how) implements TableReader {

    @Override
    public int page(
        OutputScan.Order order,
        long fromStamp,
        long toStamp,
        OutputScan.@Nullable Place after,
        int limit,
        Consumer<RawRow> sink)
        throws SQLException {
      int[] number = {0};
      int read =
          of.page(
              order,
              fromStamp,
              toStamp,
              after,
              limit,
              row -> {
                int nth = number[0]++;
                switch (how) {
                  case STOPS_EARLY -> {
                    if (nth < 20) {
                      sink.accept(row);
                    }
                  }
                  case DROPS_ROWS -> {
                    if (row.id().low() % 2 == 0) {
                      sink.accept(row);
                    }
                  }
                  case LEVELS_A_COLUMN -> sink.accept(row.altered(2));
                  case FORGETS_STAMPS ->
                      sink.accept(
                          new RawRow(row.id(), 0, row.reason(), row.bytes(), row.from(), row.to()));
                  default -> sink.accept(row);
                }
              });
      return read;
    }

    @Override
    public Map<RecordId, StoredRow> find(Collection<RecordId> ids) throws SQLException {
      Map<RecordId, StoredRow> found = new HashMap<>(of.find(ids));
      switch (how) {
        case FINDS_NOTHING -> found.clear();
        case FINDS_HALF -> found.keySet().removeIf(id -> id.low() % 2 == 0);
        case FINDS_STAMPLESS ->
            found.replaceAll(
                (id, row) -> new StoredRow(id, 0, row.reason(), row.values(), row.unreadable()));
        case FINDS_UNREADABLE ->
            found.replaceAll(
                (id, row) ->
                    new StoredRow(
                        id,
                        row.stamp(),
                        null,
                        row.values(),
                        List.of(new StoredRow.Unreadable("route_reason", "?"))));
        default -> {}
      }
      return found;
    }

    @Override
    public Set<RecordId> present(Collection<RecordId> ids) throws SQLException {
      return of.present(ids);
    }

    @Override
    public long count(long fromStamp, long toStamp) throws SQLException {
      return of.count(fromStamp, toStamp);
    }

    @Override
    public OutputScan.Counts countByReason(long fromStamp, long toStamp) throws SQLException {
      return of.countByReason(fromStamp, toStamp);
    }

    @Override
    public long estimate(long fromStamp, long toStamp) throws SQLException {
      return of.estimate(fromStamp, toStamp);
    }

    @Override
    public long estimate() throws SQLException {
      return of.estimate();
    }

    @Override
    public List<RecordId> draw(long fromStamp, long toStamp, RandomGenerator random)
        throws SQLException {
      return how == Broken.DRAWS_NOTHING ? List.of() : of.draw(fromStamp, toStamp, random);
    }

    @Override
    public List<RecordId> draw(
        long fromStamp,
        long toStamp,
        String column,
        Collection<String> values,
        int among,
        RandomGenerator random)
        throws SQLException {
      return of.draw(fromStamp, toStamp, column, values, among, random);
    }

    @Override
    public Map<RecordId, RawRow> witness(Collection<RecordId> ids) throws SQLException {
      return of.witness(ids);
    }
  }

  private Comparison drained(TableComparison.Readers readers, Throttle throttle, boolean proving) {
    return new Comparison(
        outputs.control(),
        outputs.legacy(),
        outputs.stream(),
        () -> Optional.of(Instant.MAX),
        throttle,
        TestReconciler.SETTINGS,
        InstantSource.system(),
        InstanceName.unique(),
        readers,
        proving);
  }

  /** Plants that were not named, and what became of them. */
  private List<String> left() throws SQLException {
    List<String> left = new ArrayList<>();
    try (Connection connection = outputs.control().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT CONCAT_WS(' ', table_name, HEX(id), sort, side, column_name, outcome)"
                    + " FROM plant")) {
      while (result.next()) {
        left.add(result.getString(1));
      }
      connection.commit();
    }
    return left;
  }

  private void same(
      ComparisonResult planted,
      ComparisonResult plain,
      List<Comparisons.StoredDifference> differences) {
    assertThat(planted.tables()).isEqualTo(plain.tables());
    for (Kind kind : Kind.values()) {
      assertThat(figures(planted, kind))
          .usingRecursiveComparison()
          .ignoringFields("proof")
          .isEqualTo(figures(plain, kind));
    }
    assertThat(differences(planted)).isEqualTo(differences);
  }

  private List<Comparisons.StoredDifference> differences(ComparisonResult of) {
    List<Comparisons.StoredDifference> all = new ArrayList<>();
    new Differences(outputs.control()).forEach(of.id(), DifferenceFilter.ALL, all::add);
    return all;
  }

  private static KindFigures figures(ComparisonResult of, Kind kind) {
    return java.util.Objects.requireNonNull(of.figures().get(kind));
  }

  private void upload(int seconds, long seed) throws Exception {
    SampleRecords samples = new SampleRecords(seed);
    LocalDateTime start = LocalDateTime.of(2025, 9, 14, 8, 0);
    for (int second = 0; second < seconds; second++) {
      String device = "WATCH" + second % 40;
      LocalDateTime time = start.plusSeconds(second);
      records.add(samples.healthAt(device, time));
      records.add(samples.deviceAt(device, time));
      records.add(samples.eventAt(device, time));
    }
    legacy.write(records);
    stream.write(records);
    long first = records.getFirst().acceptance().stamp();
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        for (DataSource output : List.of(outputs.legacy(), outputs.stream())) {
          TestOutputs.update(
              output,
              "UPDATE %s SET stamp = %d + (stamp - %d) * %d"
                  .formatted(table.name(), first, first, APART_MS << 20));
        }
      }
    }
  }

  /** When the nth record was accepted. */
  private Instant acceptedAt(int nth) {
    long first = records.getFirst().acceptance().stamp();
    long stamp = records.get(nth).acceptance().stamp();
    return AcceptanceStamp.instantOf(first).plusMillis((stamp - first) * APART_MS);
  }

  /** What paths, operators and people do to rows. */
  private void damage(Random random) throws Exception {
    if (random.nextBoolean()) {
      shadowSince(acceptedAt(random.nextInt(records.size())));
    }
    List<Acceptance> dropped = new ArrayList<>();
    for (AcceptedRecord one : records) {
      if (random.nextInt(40) == 0) {
        dropped.add(one.acceptance());
      }
    }
    new DroppedMirrors(outputs.control()).keep(DeliveryPath.STREAM, dropped);
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        for (DataSource output : List.of(outputs.legacy(), outputs.stream())) {
          String name = table.name();
          String some = " WHERE CRC32(CONCAT(HEX(id), '" + random.nextInt() + "')) % 100 < ";
          TestOutputs.update(output, "DELETE FROM " + name + some + random.nextInt(12));
          TestOutputs.update(
              output,
              "UPDATE %s SET `timestamp` = `timestamp` + INTERVAL 1 SECOND".formatted(name)
                  + some
                  + random.nextInt(8));
          TestOutputs.update(
              output,
              "UPDATE %s SET route_reason = '%s'".formatted(name, reason(random))
                  + some
                  + random.nextInt(8));
          TestOutputs.update(
              output,
              "UPDATE %s SET stamp = stamp + %d".formatted(name, random.nextInt(1, 4) << 20)
                  + some
                  + random.nextInt(6));
        }
      }
    }
  }

  private static String reason(Random random) {
    RouteReason[] reasons = RouteReason.values();
    int one = random.nextInt(reasons.length + 1);
    return one == reasons.length ? "NOT_YET" : reasons[one].name();
  }

  /** Much of the tables, and little of them. */
  private List<ComparisonWindow> windows(Random random) {
    int begin = random.nextInt(records.size());
    Instant from = acceptedAt(begin);
    return List.of(
        always(),
        new ComparisonWindow(from, from.plusMillis(random.nextInt(50, 5_000))),
        new ComparisonWindow(acceptedAt(0).minusSeconds(1), from.plusMillis(1)));
  }

  private ComparisonWindow always() {
    return new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
  }

  private void shadowSince(Instant at) {
    for (Kind kind : Kind.values()) {
      String sql =
          "INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason, forced,"
              + " flags_before, flags_after, evidence) VALUES ('%s', 1, '%s', '%s', 'ann', 'test',"
              + " FALSE, '{\"dualWrite\":false}', '{\"dualWrite\":%s}', '{}')";
      TestOutputs.update(
          outputs.control(), sql.formatted(utc(at.minusSeconds(60)), kind, "INITIAL", false));
      TestOutputs.update(outputs.control(), sql.formatted(utc(at), kind, "OPERATOR", true));
    }
  }

  private static LocalDateTime utc(Instant at) {
    return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
  }
}
