package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.InstanceName;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ModelOracle.Said;
import io.crossfade.reconciler.ModelOracle.Tables;
import io.crossfade.reconciler.diff.Throttle;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.TransactionException;

/**
 * Random worlds, compared by the reconciler and by an oracle that only knows the definitions; both
 * must say the same of every row. Replay one with {@code -Dcrossfade.model.seed=…}; run more with
 * {@code -Dcrossfade.model.seeds=…}, from {@code -Dcrossfade.model.first=…} on.
 */
class ReconcilerModelIT {

  private static final @Nullable Long SEED = Long.getLong("crossfade.model.seed");
  private static final long FIRST = Long.getLong("crossfade.model.first", 1);
  private static final int SEEDS = Integer.getInteger("crossfade.model.seeds", 200);

  /** Most transactions of the control schema that a comparison of a small world needs. */
  private static final int TRANSACTIONS = 30;

  @Test
  void reconcilerSaysOfEveryRowWhatTheDefinitionsSay() throws Exception {
    long first = SEED == null ? FIRST : SEED;
    long last = SEED == null ? FIRST + SEEDS - 1 : SEED;
    Map<String, Integer> met = new TreeMap<>();
    try (TestOutputs outputs = new TestOutputs()) {
      for (long seed = first; seed <= last; seed++) {
        play(seed, outputs, met);
      }
    }
    System.out.println("Seeds " + first + " to " + last + " met " + met);
    if (SEED == null && SEEDS >= 200) {
      assertThat(met.keySet())
          .as("what the worlds are to hold")
          .contains(
              "FIELDS_DIFFER none",
              "FIELDS_DIFFER MIRROR_DROPPED",
              "FIELDS_DIFFER LOST_IN_MEMORY",
              "MISSING_IN_LEGACY LOST_IN_MEMORY",
              "MISSING_IN_LEGACY REFUSED",
              "MISSING_IN_LEGACY none",
              "MISSING_IN_STREAM DEAD_LETTER",
              "MISSING_IN_STREAM FALLBACK",
              "MISSING_IN_STREAM none",
              "late",
              "not mirrored",
              "resumed");
    }
  }

  private static void play(long seed, TestOutputs outputs, Map<String, Integer> met)
      throws Exception {
    ModelWorld world = new ModelWorld(seed);
    ModelWorld.empty(outputs, false);
    world.fill(outputs);
    Random random = new Random(seed);
    Origin[] origins = Origin.values();
    for (OutputScan.@Nullable Order order :
        new OutputScan.@Nullable Order[] {
          OutputScan.Order.BY_ID, OutputScan.Order.BY_STAMP, null
        }) {
      Origin origin =
          order == null && random.nextBoolean()
              ? Origin.ROLLING
              : origins[random.nextInt(origins.length)];
      int dies = random.nextInt(2 * TRANSACTIONS);
      String what =
          "-Dcrossfade.model.seed=%d, %s %s, dies at transaction %d, window %s"
              .formatted(seed, order, origin, dies, world.window);
      compare(world, outputs, order, origin, dies, what, met);
    }
  }

  private static void compare(
      ModelWorld world,
      TestOutputs outputs,
      OutputScan.@Nullable Order order,
      Origin origin,
      int dies,
      String what,
      Map<String, Integer> met)
      throws Exception {
    if (world.hasLateRows()) {
      ModelWorld.empty(outputs, true);
      world.fillOutputs(outputs);
    }
    TestOutputs.update(outputs.control(), "DELETE FROM comparison");
    ComparisonRequest request = new ComparisonRequest(origin, world.window, Set.of(world.kind));
    if (order != null) {
      begin(outputs.control(), request, order);
    }
    List<? extends OutputTable<?>> tables = OutputTables.of(world.kind);
    Map<OutputTable<?>, Tables> before = read(tables, outputs);
    ComparisonResult result = run(world, outputs, request, dies, met);
    Map<OutputTable<?>, Tables> after = read(tables, outputs);
    ModelOracle oracle = new ModelOracle(world);
    for (OutputTable<?> table : tables) {
      Said expected =
          oracle.say(
              table,
              Objects.requireNonNull(before.get(table)),
              Objects.requireNonNull(after.get(table)),
              origin == Origin.ROLLING && order == null);
      assertThat(said(table, result, outputs.control()))
          .as("%s of %s", table.name(), what)
          .isEqualTo(
              table == tables.getFirst()
                  ? expected
                  : new Said(
                      expected.matching(),
                      expected.late(),
                      expected.notMirrored(),
                      0,
                      0,
                      expected.differences()));
      expected.differences().values().forEach(one -> met.merge(one, 1, Integer::sum));
      met.merge("late", (int) expected.late(), Integer::sum);
      met.merge("not mirrored", (int) expected.notMirrored(), Integer::sum);
      met.merge("matching", (int) expected.matching(), Integer::sum);
    }
  }

  /** As if a process had begun the run, found the order of each table, and died. */
  private static void begin(DataSource control, ComparisonRequest request, OutputScan.Order order) {
    String progress =
        request.kinds().stream()
            .flatMap(kind -> OutputTables.of(kind).stream())
            .map(table -> "\"%s\":{\"order\":\"%s\"}".formatted(table.name(), order))
            .collect(Collectors.joining(",", "{", "}"));
    TestOutputs.update(
        control,
        "INSERT INTO comparison (origin, kinds, from_at, to_at, asked_to_at, state, started_at,"
            + " updated_at, open_as, progress) VALUES ('%s', '%s', '%s', '%s', '%s', 'RUNNING',"
                .formatted(
                    request.origin(),
                    request.kindNames(),
                    utc(request.window().from()),
                    utc(request.window().to()),
                    utc(request.window().to()))
            + " '2025-09-14', '2025-09-14', '%s', '".formatted(RunClaims.openAs(request))
            + progress
            + "')");
  }

  private static LocalDateTime utc(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /** Runs it; the process dies at one transaction, and another goes on. */
  private static ComparisonResult run(
      ModelWorld world,
      TestOutputs outputs,
      ComparisonRequest request,
      int dies,
      Map<String, Integer> met)
      throws Exception {
    AtomicInteger asked = new AtomicInteger();
    // Asked before a window is cut, if it is; and until both paths are past the first look.
    WrittenUntil written =
        () -> {
          try {
            if (firstLookIsOver(outputs.control())) {
              world.fillLate(outputs);
            }
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          return Optional.of(Instant.MAX);
        };
    DataSource dying =
        new DelegatingDataSource(outputs.control()) {
          @Override
          public Connection getConnection() throws SQLException {
            if (asked.incrementAndGet() == dies) {
              throw new SQLException("the process dies here");
            }
            return super.getConnection();
          }
        };
    try {
      return comparison(dying, outputs, written).run(request);
    } catch (SQLException | DataAccessException | TransactionException e) {
      met.merge("resumed", 1, Integer::sum);
      // As if its lease had run out meanwhile.
      TestOutputs.update(outputs.control(), "UPDATE comparison SET claimed_until = NULL");
      return comparison(outputs.control(), outputs, written).run(request);
    }
  }

  private static boolean firstLookIsOver(DataSource control) {
    return TestOutputs.number(
            control,
            "SELECT COUNT(*) FROM difference JOIN comparison ON comparison_id = comparison.id"
                + " WHERE state = 'RUNNING' AND progress NOT LIKE '%\"scanned\":false%'")
        > 0;
  }

  private static Comparison comparison(
      DataSource control, TestOutputs outputs, WrittenUntil written) {
    return new Comparison(
        control,
        outputs.legacy(),
        outputs.stream(),
        written,
        Throttle.NONE,
        TestReconciler.SETTINGS,
        InstantSource.system(),
        InstanceName.unique());
  }

  private static Map<OutputTable<?>, Tables> read(
      List<? extends OutputTable<?>> tables, TestOutputs outputs) throws SQLException {
    Map<OutputTable<?>, Tables> read = new LinkedHashMap<>();
    for (OutputTable<?> table : tables) {
      read.put(table, Tables.read(table, outputs.legacy(), outputs.stream()));
    }
    return read;
  }

  private static Said said(OutputTable<?> table, ComparisonResult result, DataSource control)
      throws SQLException {
    Map<String, String> differences = new TreeMap<>();
    try (Connection connection = control.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT id, class, COALESCE(explanation, 'none') FROM difference"
                    + " WHERE comparison_id = %d AND table_name = '%s'"
                        .formatted(result.id(), table.name()))) {
      while (row.next()) {
        differences.put(
            RecordId.of(row.getBytes(1)).toString(), row.getString(2) + " " + row.getString(3));
      }
      connection.commit();
    }
    TableResult of =
        result.tables().values().stream()
            .flatMap(List::stream)
            .filter(one -> one.table().equals(table.name()))
            .findFirst()
            .orElseThrow();
    KindFigures figures = result.figures().values().iterator().next();
    boolean first = table == OutputTables.of(figures.kind()).getFirst();
    return new Said(
        of.matching(),
        of.late(),
        of.notMirrored(),
        first ? figures.fallbacks() : 0,
        first ? figures.streamServed() : 0,
        differences);
  }
}
