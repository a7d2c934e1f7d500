package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.OpenFindings.Count;
import io.crossfade.reconciler.OpenFindings.Found;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is open, of runs that found few rows and many. {@code -Dcrossfade.findings.rows}: of the run
 * that found most.
 */
class OpenFindingsIT {

  private static final int ROWS = Integer.getInteger("crossfade.findings.rows", 25_000);
  private static final int ROUNDS = 25;
  private static final int MOST = 30;
  private static final List<String> LACKS =
      List.of("MISSING_IN_STREAM", "MISSING_IN_LEGACY", "REPEATED");

  /** A difference that a run found. */
  private record Row(
      long run, Kind kind, int id, String type, boolean urgent, boolean explained, boolean agreed) {

    boolean open() {
      return !agreed;
    }

    boolean unexplained() {
      return open() && !explained;
    }

    boolean urgentMissing() {
      return open() && urgent && LACKS.contains(type);
    }
  }

  private final TestOutputs outputs = new TestOutputs();
  private final Comparisons comparisons =
      new Comparisons(outputs.control(), InstantSource.system());
  private final JdbcClient jdbc = JdbcClient.create(outputs.control());
  private final JdbcTemplate batches = new JdbcTemplate(outputs.control());
  private final ControlTransactions transactions = new ControlTransactions(outputs.control());

  @AfterEach
  void close() {
    outputs.close();
  }

  /** Against the slow way: every row of every run. */
  @Test
  void neverMoreThanThereIsAndAllOfItWhereNothingIsLeftOut() {
    int exact = 0;
    int more = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(round);
      TestOutputs.update(outputs.control(), "DELETE FROM comparison");
      List<Row> rows = new ArrayList<>();
      int runs = 1 + random.nextInt(6);
      for (int run = 0; run < runs; run++) {
        long id = run("ON_DEMAND");
        for (Kind kind : List.of(Kind.HEALTH, Kind.EVENT)) {
          int first = random.nextInt(30);
          int found = random.nextInt(25);
          boolean allExplained = random.nextInt(3) == 0;
          List<Row> ofRun =
              IntStream.range(first, first + found)
                  .mapToObj(row -> row(random, id, kind, row, allExplained))
                  .toList();
          keep(id, kind, ofRun);
          rows.addAll(ofRun);
        }
      }
      Map<Kind, Found> found = new OpenFindings(comparisons, InstantSource.system(), MOST).now();
      for (Kind kind : List.of(Kind.HEALTH, Kind.EVENT)) {
        Found of = Objects.requireNonNull(found.get(kind));
        String what = "round %d, %s".formatted(round, kind.label());
        List<Row> ofKind = rows.stream().filter(row -> row.kind().equals(kind)).toList();
        assertTrue(what, of.unexplained(), ofKind, Row::unexplained);
        assertTrue(what, of.urgentMissing(), ofKind, Row::urgentMissing);
        assertTrue(
            what, of.urgentUnexplained(), ofKind, row -> row.urgentMissing() && row.unexplained());
        exact += of.unexplained().more() ? 0 : 1;
        more += of.unexplained().more() ? 1 : 0;
      }
    }
    assertThat(exact).isPositive();
    assertThat(more).isPositive();
  }

  private static void assertTrue(String what, Count said, List<Row> rows, Predicate<Row> open) {
    long all = rows.stream().filter(open).map(Row::id).distinct().count();
    if (said.more()) {
      long ofOneRun =
          rows.stream()
              .mapToLong(Row::run)
              .distinct()
              .map(run -> rows.stream().filter(row -> row.run() == run).filter(open).count())
              .max()
              .orElse(0);
      assertThat(said.rows()).as(what).isBetween(ofOneRun, all);
    } else {
      assertThat(said.rows()).as(what).isEqualTo(all);
    }
  }

  /** It is asked every few seconds while an outage makes ever more of them. */
  @Test
  void runThatFoundVeryManyIsNotReadForIt() {
    Random random = new Random(1);
    long many = run("NIGHTLY");
    keep(
        many,
        Kind.EVENT,
        IntStream.range(0, ROWS)
            .mapToObj(
                i -> new Row(many, Kind.EVENT, i, "MISSING_IN_STREAM", i % 10 == 0, false, false))
            .toList());
    long few = run("ROLLING");
    keep(
        few,
        Kind.EVENT,
        IntStream.range(0, 3)
            .mapToObj(i -> row(random, few, Kind.EVENT, ROWS + i, false))
            .toList());
    long before = rowsRead();
    Found found =
        Objects.requireNonNull(
            new OpenFindings(comparisons, InstantSource.system()).now().get(Kind.EVENT));
    assertThat(rowsRead() - before).isLessThan(ROWS / 2);
    assertThat(found.unexplained()).isEqualTo(new Count(ROWS, true));
    assertThat(found.urgentMissing()).isEqualTo(new Count(ROWS / 10, true));
    assertThat(found.run()).hasValue(few);

    Map<String, Object> plan =
        jdbc
            .sql("EXPLAIN " + Comparisons.ROWS)
            .param("runs", List.of(few))
            .param("table", "t_common_event")
            .query()
            .listOfRows()
            .stream()
            .filter(row -> "difference".equals(row.get("table")))
            .findFirst()
            .orElseThrow();
    assertThat(plan).containsEntry("key", "PRIMARY");
    assertThat(Long.parseLong(String.valueOf(plan.get("rows")))).isLessThan(100);
  }

  private long rowsRead() {
    return jdbc
        .sql("SHOW GLOBAL STATUS LIKE 'Handler_read%'")
        .query((row, number) -> row.getLong(2))
        .list()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static Row row(Random random, long run, Kind kind, int id, boolean explained) {
    String type = random.nextBoolean() ? "FIELDS_DIFFER" : LACKS.get(random.nextInt(LACKS.size()));
    return new Row(
        run,
        kind,
        id,
        type,
        random.nextInt(3) == 0,
        explained || random.nextInt(3) == 0,
        random.nextInt(6) == 0);
  }

  private long run(String origin) {
    transactions.run(
        () ->
            jdbc.sql(
                    "INSERT INTO comparison (origin, kinds, from_at, to_at, asked_to_at, state,"
                        + " started_at, updated_at, progress, settled) SELECT ?, 'HEALTH,EVENT',"
                        + " t - INTERVAL 1 MINUTE, t, t, 'FINISHED', t, t, '{}', TRUE"
                        + " FROM (SELECT UTC_TIMESTAMP(3) AS t) now")
                .param(origin)
                .update());
    return TestOutputs.number(outputs.control(), "SELECT MAX(id) FROM comparison");
  }

  /** With the figures that the run would have had, after a repair that was verified. */
  private void keep(long run, Kind kind, List<Row> rows) {
    transactions.run(() -> keepNow(run, kind, rows));
  }

  private void keepNow(long run, Kind kind, List<Row> rows) {
    String table = OutputTables.of(kind).getFirst().name();
    batches.batchUpdate(
        "INSERT INTO difference (comparison_id, table_name, id, class, looks, explanation,"
            + " device_sn, served_by, urgent, stamp, columns, fields, agreed_at)"
            + " VALUES (?,?,?,?,2,?,'DEVICE','LEGACY',?,1,'','{}',?)",
        rows.stream()
            .map(
                row ->
                    new Object[] {
                      run,
                      table,
                      new RecordId(row.id(), row.id()).bytes(),
                      row.type(),
                      row.explained() ? "DROPPED" : null,
                      row.urgent(),
                      row.agreed() ? "2026-01-01" : null
                    })
            .toList());
    List<Row> open = rows.stream().filter(Row::open).toList();
    jdbc.sql(
            "INSERT INTO comparison_kind (comparison_id, kind, matching, differing,"
                + " missing_in_stream, missing_in_legacy, repeated, late, not_mirrored, explained,"
                + " urgent_missing, fallbacks, stream_served, urgent_explained, repaired)"
                + " VALUES (?,?,5,?,?,?,?,0,0,?,?,0,0,?,?)")
        .params(
            run,
            kind.name(),
            count(open, row -> row.type().equals("FIELDS_DIFFER")),
            count(open, row -> row.type().equals("MISSING_IN_STREAM")),
            count(open, row -> row.type().equals("MISSING_IN_LEGACY")),
            count(open, row -> row.type().equals("REPEATED")),
            count(open, Row::explained),
            count(open, row -> row.urgentMissing() && !row.explained()),
            count(open, row -> row.urgentMissing() && row.explained()),
            rows.size() - open.size())
        .update();
  }

  private static long count(List<Row> rows, Predicate<Row> of) {
    return rows.stream().filter(of).count();
  }
}
