package io.crossfade.reconciler;

import static io.crossfade.reconciler.ComparisonRows.boxed;
import static io.crossfade.reconciler.ComparisonRows.names;
import static io.crossfade.reconciler.ComparisonRows.utc;
import static io.crossfade.reconciler.ComparisonRows.write;
import static java.util.Objects.requireNonNull;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.DifferenceLedger;
import io.crossfade.reconciler.diff.Explained;
import io.crossfade.reconciler.diff.Plant;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.diff.TableProgress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/**
 * One run in the hands of one worker: what it found so far, so that another process can go on with
 * it. Every write names the claim, see {@link RunClaims}.
 */
final class ComparisonRun implements DifferenceLedger {

  /** Of a form that the driver sends as one statement for many rows. */
  private static final String INSERT =
      "INSERT INTO difference (comparison_id, table_name, id, class, looks, device_sn, served_by,"
          + " urgent, stamp, columns, fields, explanation, rule_id)"
          + " VALUES (?,?,?,?,1,?,?,?,?,?,?,?,?)";

  private static final String OF_REPAIR =
      "EXISTS (SELECT 1 FROM repair_row r WHERE r.comparison_id = d.comparison_id"
          + " AND r.table_name = d.table_name AND r.id = d.id AND r.repair_id = ?)";

  /** How old a claim is when it is renewed beside the checkpoints. */
  private static final Duration RENEW_AFTER = RunClaims.LEASE.dividedBy(3);

  private static final Logger log = LoggerFactory.getLogger(ComparisonRun.class);

  private static final String INSERT_PLANT =
      "INSERT INTO plant (comparison_id, table_name, id, row_id, stamp, sort, side, column_name,"
          + " urgent, outcome) VALUES (?,?,?,?,?,?,?,?,?,?)";

  private final long id;
  private final long claim;
  private final AtomicLong renewedAt = new AtomicLong(System.nanoTime());
  private final Origin origin;
  private final ComparisonWindow window;
  private final Instant startedAt;
  private final Map<String, TableProgress> progress;
  private final Map<String, Map<RecordId, Planted>> plants = new HashMap<>();
  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final ControlTransactions transactions;
  private final InstantSource clock;
  private final TableResults results;
  private final RepairedRows repaired;
  private ComparisonRequest.@Nullable RowsOf rowsOf;

  ComparisonRun(
      DataSource control,
      InstantSource clock,
      long id,
      long claim,
      Origin origin,
      ComparisonWindow window,
      Instant startedAt,
      Map<String, TableProgress> progress) {
    this.id = id;
    this.claim = claim;
    this.origin = origin;
    this.window = window;
    this.startedAt = startedAt;
    this.progress = progress;
    this.jdbc = JdbcClient.create(control);
    this.batches = new JdbcTemplate(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
    this.clock = clock;
    this.results = new TableResults(control);
    this.repaired = new RepairedRows(control);
  }

  long id() {
    return id;
  }

  ComparisonWindow window() {
    return window;
  }

  /** From what is kept of the run alone, so that whoever goes on with it has the same. */
  long seed() {
    return id * 0x9E37_79B9_7F4A_7C15L;
  }

  boolean anyToLookAtAgain() {
    return in(
        () ->
            !jdbc.sql("SELECT 1 FROM difference WHERE comparison_id = ? AND looks = 1 LIMIT 1")
                .param(id)
                .query(Integer.class)
                .list()
                .isEmpty());
  }

  /** Instead of a first look takes differences that another run found. */
  void takeRowsOf(ComparisonRequest.RowsOf rows, List<OutputTable<?>> tables) {
    rowsOf = rows;
    if (!progress.isEmpty()) {
      return;
    }
    Long repair = rows.repair();
    String found = "d.comparison_id = ? AND " + (repair == null ? "? IS NULL" : OF_REPAIR);
    List<@Nullable Object> values = Arrays.asList(rows.run(), repair);
    Map<String, TableProgress> taken = new LinkedHashMap<>();
    transactions.run(
        () -> {
          tables.forEach(
              table -> taken.put(table.name(), TableProgress.ofRows(rows(found, values, table))));
          keep(taken);
          jdbc.sql(
                  "INSERT INTO difference (comparison_id, table_name, id, class, looks, device_sn,"
                      + " served_by, urgent, stamp, columns, fields) SELECT "
                      + id
                      + ", table_name, id, class, 1, device_sn, served_by, urgent, stamp, columns,"
                      + " fields FROM difference d WHERE "
                      + found)
              .params(values)
              .update();
        });
    progress.putAll(taken);
  }

  private long rows(String found, List<@Nullable Object> values, OutputTable<?> table) {
    List<@Nullable Object> all = new ArrayList<>(values);
    all.add(table.name());
    return jdbc.sql("SELECT COUNT(*) FROM difference d WHERE " + found + " AND table_name = ?")
        .params(all)
        .query(Long.class)
        .single();
  }

  @Override
  public @Nullable TableProgress progress(String table) {
    return progress.get(table);
  }

  @Override
  public void begin(String table, List<Plant> planted, TableProgress now) {
    transactions.run(
        () -> {
          keep(table, now);
          batches.batchUpdate(
              INSERT_PLANT, planted.stream().map(plant -> values(table, plant)).toList());
        });
    progress.put(table, now);
    Map<RecordId, Planted> of = new LinkedHashMap<>();
    planted.forEach(plant -> of.put(plant.id(), new Planted(plant, Plant.Outcome.PLANTED)));
    plants.put(table, of);
  }

  @Override
  public List<Planted> plants(String table) {
    return List.copyOf(of(table).values());
  }

  private Map<RecordId, Planted> of(String table) {
    return plants.computeIfAbsent(
        table,
        name -> {
          Map<RecordId, Planted> of = new LinkedHashMap<>();
          in(() ->
                  jdbc.sql("SELECT * FROM plant WHERE comparison_id = ? AND table_name = ?")
                      .params(id, name)
                      .query((row, number) -> ComparisonRows.planted(row))
                      .list())
              .forEach(one -> of.put(one.plant().id(), one));
          return of;
        });
  }

  @Override
  public void judged(String table, Map<RecordId, Plant.Outcome> outcomes) {
    transactions.run(
        () -> {
          held("updated_at = ?", utc(clock.instant()));
          keepOutcomes(table, outcomes);
        });
    remember(table, outcomes);
  }

  private void keepOutcomes(String table, Map<RecordId, Plant.Outcome> outcomes) {
    batches.batchUpdate(
        "UPDATE plant SET outcome = ? WHERE comparison_id = ? AND table_name = ? AND id = ?",
        outcomes.entrySet().stream()
            .map(one -> new Object[] {one.getValue().name(), id, table, one.getKey().bytes()})
            .toList());
  }

  private void remember(String table, Map<RecordId, Plant.Outcome> outcomes) {
    outcomes.forEach(
        (of, outcome) ->
            of(table).computeIfPresent(of, (same, one) -> new Planted(one.plant(), outcome)));
  }

  @Override
  public void found(
      String table,
      List<Difference> found,
      Map<RecordId, Plant.Outcome> outcomes,
      TableProgress now) {
    transactions.run(
        () -> {
          keep(table, now);
          keepOutcomes(table, outcomes);
          batches.batchUpdate(
              INSERT + " ON DUPLICATE KEY UPDATE looks = looks",
              found.stream().map(difference -> values(difference, null)).toList());
        });
    progress.put(table, now);
    remember(table, outcomes);
  }

  @Override
  public List<RecordId> lookedAtOnce(String table, @Nullable RecordId after, int limit) {
    return in(
        () ->
            jdbc.sql(
                    "SELECT id FROM difference WHERE comparison_id = ? AND table_name = ?"
                        + " AND id > ? AND looks = 1 ORDER BY id LIMIT ?")
                .params(id, table, after == null ? new byte[0] : after.bytes(), limit)
                .query((row, number) -> RecordId.of(row.getBytes(1)))
                .list());
  }

  @Override
  public void believe(
      String table, Set<RecordId> agreed, List<Believed> believed, TableProgress now) {
    transactions.run(
        () -> {
          keep(table, now);
          batches.batchUpdate(
              "DELETE FROM difference WHERE comparison_id = ? AND table_name = ? AND id = ?",
              agreed.stream().map(gone -> new Object[] {id, table, gone.bytes()}).toList());
          if (rowsOf != null) {
            repaired.agree(table, agreed);
          }
          batches.batchUpdate(
              INSERT
                  + " ON DUPLICATE KEY UPDATE looks = 2, class = VALUES(class),"
                  + " columns = VALUES(columns), fields = VALUES(fields),"
                  + " explanation = VALUES(explanation), rule_id = VALUES(rule_id)",
              believed.stream().map(one -> values(one.difference(), one.explained())).toList());
        });
    progress.put(table, now);
  }

  /**
   * What the tables alone do not tell.
   *
   * @param latencies accept-to-row p95 of both paths, ms
   * @param proofs what became of the plants, by table
   * @param urgent rows that go ahead of others and that the outputs hold
   */
  record Beside(
      Map<Kind, Map<DeliveryPath, OptionalDouble>> latencies,
      Map<String, Proof> proofs,
      Map<Kind, Losses.Lost> lost,
      long droppedCopies,
      Map<Kind, Long> urgent) {}

  /** Counts what was found, and keeps it. */
  ComparisonResult finish(
      boolean settled, ComparisonSettings settings, Set<Kind> kinds, Beside beside) {
    Map<Kind, List<TableResult>> tables = results.of(id, kinds, progress);
    Map<Kind, KindFigures> figures = new TreeMap<>();
    tables.forEach((kind, ofKind) -> figures.put(kind, figures(kind, ofKind, beside)));
    ComparisonResult result =
        new ComparisonResult(
            id,
            origin,
            window,
            startedAt,
            clock.instant(),
            settled,
            tables,
            figures,
            beside.droppedCopies(),
            settings.target(),
            settings.explained());
    transactions.run(
        () -> {
          held(
              "state = 'FINISHED', open_as = NULL, claimed_until = NULL, verdict = ?, reasons = ?,"
                  + " dropped_copies = ?, settled = ?, target = ?, finished_at = ?, updated_at = ?",
              result.verdict().name(),
              names(result.reasons()),
              result.droppedCopies(),
              settled,
              result.target(),
              utc(result.finishedAt()),
              utc(result.finishedAt()));
          figures.values().forEach(this::keepFigures);
          // Many a minute: of those that were named nothing is left to see.
          jdbc.sql(
                  "DELETE FROM plant WHERE comparison_id = ? AND outcome ="
                      + " IF(sort = 'LATE', 'PLANTED', 'BELIEVED')")
              .param(id)
              .update();
          ComparisonRequest.RowsOf rows = rowsOf;
          if (rows != null) {
            repaired.recount(rows.run());
          }
        });
    return result;
  }

  /**
   * Says that this worker is still at it. Does nothing when it has said so lately.
   *
   * @throws ClaimLostException when another has taken the run over
   */
  void renew() {
    long before = renewedAt.get();
    long now = System.nanoTime();
    if (now - before > RENEW_AFTER.toNanos() && renewedAt.compareAndSet(before, now)) {
      transactions.run(() -> held("claimed_until = " + RunClaims.FROM_NOW));
    }
  }

  /** Lets another go on at once with a run that this worker does not finish. */
  void release() {
    boolean interrupted = Thread.interrupted();
    try {
      transactions.run(
          () ->
              jdbc.sql(
                      "UPDATE comparison SET claimed_until = NULL"
                          + " WHERE id = ? AND claim = ? AND state = 'RUNNING'")
                  .params(id, claim)
                  .update());
    } catch (DataAccessException | TransactionException e) {
      log.debug("Run {} is free in {}: {}", id, RunClaims.LEASE, e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * First in its transaction: the row stays locked, and nobody takes the run over before it ends.
   */
  private void keep(String table, TableProgress now) {
    Map<String, TableProgress> next = new LinkedHashMap<>(progress);
    next.put(table, now);
    keep(next);
  }

  private void keep(Map<String, TableProgress> next) {
    held(
        "progress = ?, updated_at = ?, claimed_until = " + RunClaims.FROM_NOW,
        write(next),
        utc(clock.instant()));
    renewedAt.set(System.nanoTime());
  }

  /** Changes the run's row if it is still this worker's. */
  private void held(String change, Object... values) {
    List<Object> all = new ArrayList<>(List.of(values));
    all.add(id);
    all.add(claim);
    int changed =
        jdbc.sql(
                "UPDATE comparison SET "
                    + change
                    + " WHERE id = ? AND claim = ? AND state = 'RUNNING'")
            .params(all)
            .update();
    if (changed == 0) {
      throw new ClaimLostException(id);
    }
  }

  private Object[] values(String table, Plant plant) {
    return new Object[] {
      id,
      table,
      plant.id().bytes(),
      plant.row().bytes(),
      plant.stamp(),
      plant.sort().name(),
      plant.side().name(),
      plant.column(),
      plant.urgent(),
      Plant.Outcome.PLANTED.name()
    };
  }

  private Object[] values(Difference found, @Nullable Explained explained) {
    return new Object[] {
      id,
      found.table(),
      found.id().bytes(),
      found.kind().name(),
      found.deviceSn(),
      found.servedBy().name(),
      found.urgent(),
      found.stamp(),
      found.columns(),
      write(found.fields()),
      explained == null ? null : explained.explanation().name(),
      explained == null ? null : explained.ruleId()
    };
  }

  private KindFigures figures(Kind kind, List<TableResult> of, Beside beside) {
    Map<DeliveryPath, OptionalDouble> latency = requireNonNull(beside.latencies().get(kind));
    Losses.Lost lost = beside.lost().getOrDefault(kind, Losses.Lost.NONE);
    TableProgress records = requireNonNull(progress.get(of.getFirst().table()));
    return new KindFigures(
        kind,
        window,
        of.stream().mapToLong(TableResult::matching).sum(),
        count(of, DifferenceClass.FIELDS_DIFFER) + count(of, DifferenceClass.UNREADABLE),
        count(of, DifferenceClass.MISSING_IN_STREAM),
        count(of, DifferenceClass.MISSING_IN_LEGACY),
        count(of, DifferenceClass.REPEATED),
        of.stream().mapToLong(TableResult::late).sum(),
        of.stream().mapToLong(TableResult::notMirrored).sum(),
        of.stream().mapToLong(TableResult::allExplained).sum(),
        of.stream().mapToLong(TableResult::urgentMissing).sum(),
        records.fallbacks(),
        records.streamServed(),
        of.stream().mapToLong(TableResult::urgentExplained).sum(),
        0,
        lost.lost(),
        lost.inNoOutput(),
        beside.urgent().getOrDefault(kind, 0L),
        requireNonNull(latency.get(DeliveryPath.LEGACY)),
        requireNonNull(latency.get(DeliveryPath.STREAM)),
        of.stream()
            .map(table -> requireNonNull(beside.proofs().get(table.table())).of(table.compared()))
            .reduce(Proof.NONE, Proof::plus));
  }

  private void keepFigures(KindFigures of) {
    jdbc.sql(
            "REPLACE INTO comparison_kind (comparison_id, kind, matching, differing,"
                + " missing_in_stream, missing_in_legacy, repeated, late, not_mirrored, explained,"
                + " urgent_missing, fallbacks, stream_served, urgent_explained, repaired, lost,"
                + " in_no_output, urgent_compared, legacy_p95_ms, stream_p95_ms, planted,"
                + " plants_found, plants_invented, bare) VALUES"
                + " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .params(
            Arrays.asList(
                id,
                of.kind().name(),
                of.matching(),
                of.differing(),
                of.missingInStream(),
                of.missingInLegacy(),
                of.repeated(),
                of.late(),
                of.notMirrored(),
                of.explained(),
                of.urgentMissing(),
                of.fallbacks(),
                of.streamServed(),
                of.urgentExplained(),
                of.repaired(),
                of.lost(),
                of.inNoOutput(),
                of.urgentCompared(),
                boxed(of.legacyP95()),
                boxed(of.streamP95()),
                of.proof().planted(),
                of.proof().found(),
                of.proof().invented(),
                of.proof().bare()))
        .update();
  }

  private static long count(List<TableResult> tables, DifferenceClass kind) {
    return tables.stream().mapToLong(table -> table.count(kind)).sum();
  }

  private <T> T in(Supplier<T> work) {
    return transactions.in(work);
  }
}
