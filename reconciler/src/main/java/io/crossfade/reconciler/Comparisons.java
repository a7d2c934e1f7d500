package io.crossfade.reconciler;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.WindowFigures;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.DifferenceLedger;
import io.crossfade.reconciler.diff.Explained;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.TableProgress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The runs of the reconciler in the control schema, with everything that each found. */
public final class Comparisons {

  /** Differences in a result; all are in the control schema. */
  static final int SAMPLES = 100;

  private static final int PAGE = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, TableProgress>> PROGRESS =
      new TypeReference<>() {};
  private static final TypeReference<List<Difference.Field>> FIELDS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  public Comparisons(DataSource control, InstantSource clock) {
    this.jdbc = JdbcClient.create(control);
    this.batches = new JdbcTemplate(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    this.clock = clock;
  }

  /** A run in the list of runs. */
  public record Summary(
      long id,
      Origin origin,
      Set<Kind> kinds,
      ComparisonWindow window,
      boolean finished,
      Instant startedAt,
      Instant updatedAt,
      @Nullable String verdict,
      double share) {}

  /** Up to where the rolling comparison came; empty before its first run. */
  public Optional<Instant> comparedUntil() {
    return in(
        () ->
            jdbc.sql(
                    "SELECT MAX(to_at) FROM comparison WHERE origin = 'ROLLING'"
                        + " AND state = 'FINISHED'")
                .query(Timestamp.class)
                .optional()
                .map(Timestamp::toInstant));
  }

  /** Rolling figures of a kind whose window began then or later, oldest first. */
  public List<KindFigures> since(Kind kind, Instant from) {
    return figures(Origin.ROLLING, kind, from);
  }

  /** Figures of a kind from finished runs of one origin, whose window began then or later. */
  public List<KindFigures> figures(Origin origin, Kind kind, Instant from) {
    return in(
        () ->
            jdbc.sql(
                    "SELECT from_at, to_at, k.* FROM comparison c JOIN comparison_kind k"
                        + " ON k.comparison_id = c.id WHERE origin = ? AND state = 'FINISHED'"
                        + " AND kind = ? AND from_at >= ? ORDER BY from_at")
                .params(origin.name(), kind.name(), utc(from))
                .query((row, number) -> figures(row))
                .list());
  }

  /** The latest runs, newest first. */
  public List<Summary> latest(int limit) {
    return in(
        () ->
            jdbc.sql("SELECT * FROM comparison ORDER BY id DESC LIMIT ?")
                .param(limit)
                .query((row, number) -> summary(row))
                .list());
  }

  /** One run. */
  public Optional<Summary> find(long id) {
    return in(
        () ->
            jdbc.sql("SELECT * FROM comparison WHERE id = ?")
                .param(id)
                .query((row, number) -> summary(row))
                .optional());
  }

  /**
   * A difference as it is kept.
   *
   * @param explanation why it is no fault, if that is known
   * @param repaired whether a repair has touched it
   */
  public record StoredDifference(
      Difference difference, @Nullable Explanation explanation, boolean repaired) {}

  /** Hands over every difference of a run, table by table in the order of ids; holds a few. */
  public void forEachDifference(long id, Consumer<StoredDifference> sink) {
    String table = "";
    byte[] after = new byte[0];
    List<StoredDifference> page;
    do {
      String fromTable = table;
      byte[] fromId = after;
      page =
          in(
              () ->
                  jdbc.sql(
                          "SELECT * FROM difference WHERE comparison_id = ? AND (table_name > ?"
                              + " OR (table_name = ? AND id > ?)) ORDER BY table_name, id LIMIT "
                              + PAGE)
                      .params(id, fromTable, fromTable, fromId)
                      .query((row, number) -> stored(row))
                      .list());
      page.forEach(sink);
      if (!page.isEmpty()) {
        table = page.getLast().difference().table();
        after = page.getLast().difference().id().bytes();
      }
    } while (page.size() == PAGE);
  }

  private static StoredDifference stored(ResultSet row) throws SQLException {
    String explanation = row.getString("explanation");
    return new StoredDifference(
        difference(row),
        explanation == null ? null : Explanation.valueOf(explanation),
        row.getObject("repair_id") != null);
  }

  /** Forgets runs that ended before a moment; how many. */
  public int forgetBefore(Instant moment) {
    return in(
        () -> jdbc.sql("DELETE FROM comparison WHERE updated_at < ?").param(utc(moment)).update());
  }

  /** The run of the same request that was begun and not finished. */
  Optional<Run> unfinished(ComparisonRequest request) {
    return in(
        () ->
            jdbc.sql(
                    "SELECT * FROM comparison WHERE origin = ? AND kinds = ? AND from_at = ?"
                        + " AND (asked_to_at = ? OR origin = 'ROLLING') AND state = 'RUNNING'"
                        + " ORDER BY id DESC LIMIT 1")
                .params(
                    request.origin().name(),
                    request.kindNames(),
                    utc(request.window().from()),
                    utc(request.window().to()))
                .query((row, number) -> run(row, request.origin()))
                .optional());
  }

  /**
   * A new run.
   *
   * @param window of what the request asks for, what can be compared
   */
  Run begin(ComparisonRequest request, ComparisonWindow window) {
    Instant now = clock.instant();
    return in(
        () -> {
          jdbc.sql(
                  "INSERT INTO comparison (origin, kinds, from_at, to_at, asked_to_at, state,"
                      + " started_at, updated_at, progress) VALUES (?,?,?,?,?,'RUNNING',?,?,'{}')")
              .params(
                  request.origin().name(),
                  request.kindNames(),
                  utc(window.from()),
                  utc(window.to()),
                  utc(request.window().to()),
                  utc(now),
                  utc(now))
              .update();
          long id = jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
          return new Run(id, request.origin(), window, now, new LinkedHashMap<>());
        });
  }

  private Run run(ResultSet row, Origin origin) throws SQLException {
    return new Run(
        row.getLong("id"),
        origin,
        window(row),
        row.getTimestamp("started_at").toInstant(),
        read(row.getString("progress"), PROGRESS));
  }

  private static Summary summary(ResultSet row) throws SQLException {
    Map<String, TableProgress> progress = read(row.getString("progress"), PROGRESS);
    boolean finished = "FINISHED".equals(row.getString("state"));
    long expected = progress.values().stream().mapToLong(TableProgress::expected).sum() * 2;
    long consumed = progress.values().stream().mapToLong(TableProgress::consumed).sum();
    return new Summary(
        row.getLong("id"),
        Origin.valueOf(row.getString("origin")),
        ComparisonRequest.kinds(row.getString("kinds")),
        window(row),
        finished,
        row.getTimestamp("started_at").toInstant(),
        row.getTimestamp("updated_at").toInstant(),
        row.getString("verdict"),
        finished ? 1 : expected == 0 ? 0 : Math.min(1, (double) consumed / expected));
  }

  private static ComparisonWindow window(ResultSet row) throws SQLException {
    return new ComparisonWindow(
        row.getTimestamp("from_at").toInstant(), row.getTimestamp("to_at").toInstant());
  }

  private static KindFigures figures(ResultSet row) throws SQLException {
    return new KindFigures(
        Kind.valueOf(row.getString("kind")),
        window(row),
        row.getLong("matching"),
        row.getLong("differing"),
        row.getLong("missing_in_stream"),
        row.getLong("missing_in_legacy"),
        row.getLong("repeated"),
        row.getLong("late"),
        row.getLong("not_mirrored"),
        row.getLong("explained"),
        row.getLong("urgent_missing"),
        row.getLong("fallbacks"),
        row.getLong("stream_served"),
        unboxed(row.getObject("legacy_p95_ms", Double.class)),
        unboxed(row.getObject("stream_p95_ms", Double.class)));
  }

  /** Not a Timestamp, which ends in 2038: a person may ask for a window without an end. */
  private static LocalDateTime utc(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private <T> T in(Supplier<T> work) {
    return requireNonNull(transaction.execute(status -> work.get()));
  }

  private static @Nullable Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static OptionalDouble unboxed(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What the reconciler wrote cannot be read", e);
    }
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One run: what it found so far, so that another process can go on with it. */
  final class Run implements DifferenceLedger {

    private final long id;
    private final Origin origin;
    private final ComparisonWindow window;
    private final Instant startedAt;
    private final Map<String, TableProgress> progress;

    private Run(
        long id,
        Origin origin,
        ComparisonWindow window,
        Instant startedAt,
        Map<String, TableProgress> progress) {
      this.id = id;
      this.origin = origin;
      this.window = window;
      this.startedAt = startedAt;
      this.progress = progress;
    }

    ComparisonWindow window() {
      return window;
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

    @Override
    public @Nullable TableProgress progress(String table) {
      return progress.get(table);
    }

    @Override
    public void found(String table, List<Difference> found, TableProgress now) {
      transaction.executeWithoutResult(
          status -> {
            batches.batchUpdate(
                "INSERT IGNORE INTO difference (comparison_id, table_name, id, class, looks,"
                    + " device_sn, served_by, urgent, stamp, columns, fields)"
                    + " VALUES (?,?,?,?,1,?,?,?,?,?,?)",
                found.stream().map(this::values).toList());
            keep(table, now);
          });
    }

    @Override
    public List<RecordId> lookedAtOnce(String table, int limit) {
      return in(
          () ->
              jdbc.sql(
                      "SELECT id FROM difference WHERE comparison_id = ? AND table_name = ?"
                          + " AND looks = 1 ORDER BY id LIMIT ?")
                  .params(id, table, limit)
                  .query((row, number) -> RecordId.of(row.getBytes(1)))
                  .list());
    }

    @Override
    public void believe(
        String table, List<RecordId> agreed, List<Believed> believed, TableProgress now) {
      transaction.executeWithoutResult(
          status -> {
            batches.batchUpdate(
                "DELETE FROM difference WHERE comparison_id = ? AND table_name = ? AND id = ?",
                agreed.stream().map(gone -> new Object[] {id, table, gone.bytes()}).toList());
            batches.batchUpdate(
                "UPDATE difference SET looks = 2, class = ?, columns = ?, fields = ?,"
                    + " explanation = ?, rule_id = ?"
                    + " WHERE comparison_id = ? AND table_name = ? AND id = ?",
                believed.stream().map(one -> believedValues(table, one)).toList());
            keep(table, now);
          });
    }

    /** Counts what was found, and keeps it. */
    ComparisonResult finish(
        boolean settled,
        double target,
        Map<Kind, WindowFigures.OfBoth> ofOutputs,
        Set<Kind> kinds) {
      Map<Kind, List<TableResult>> tables = new EnumMap<>(Kind.class);
      Map<Kind, KindFigures> figures = new EnumMap<>(Kind.class);
      for (Kind kind : kinds) {
        List<TableResult> results = new ArrayList<>();
        for (OutputTable<?> table : OutputTables.of(kind)) {
          results.add(result(table.name()));
        }
        tables.put(kind, results);
        figures.put(kind, figures(kind, results, requireNonNull(ofOutputs.get(kind))));
      }
      ComparisonResult result =
          new ComparisonResult(
              id, origin, window, startedAt, clock.instant(), settled, tables, figures, target);
      transaction.executeWithoutResult(
          status -> {
            figures.values().forEach(this::keepFigures);
            jdbc.sql(
                    "UPDATE comparison SET state = 'FINISHED', verdict = ?, finished_at = ?,"
                        + " updated_at = ? WHERE id = ?")
                .params(
                    result.verdict().name(), utc(result.finishedAt()), utc(result.finishedAt()), id)
                .update();
          });
      return result;
    }

    private void keep(String table, TableProgress now) {
      Map<String, TableProgress> next = new LinkedHashMap<>(progress);
      next.put(table, now);
      jdbc.sql("UPDATE comparison SET progress = ?, updated_at = ? WHERE id = ?")
          .params(write(next), utc(clock.instant()), id)
          .update();
      progress.put(table, now);
    }

    private Object[] values(Difference found) {
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
        write(found.fields())
      };
    }

    private Object[] believedValues(String table, Believed one) {
      Explained explained = one.explained();
      return new Object[] {
        one.difference().kind().name(),
        one.difference().columns(),
        write(one.difference().fields()),
        explained == null ? null : explained.explanation().name(),
        explained == null ? null : explained.ruleId(),
        id,
        table,
        one.difference().id().bytes()
      };
    }

    private TableResult result(String table) {
      record Group(
          DifferenceClass kind,
          @Nullable String explanation,
          boolean urgent,
          String servedBy,
          String columns,
          long count) {}
      List<Group> groups =
          in(
              () ->
                  jdbc.sql(
                          "SELECT class, explanation, urgent, served_by, columns, COUNT(*)"
                              + " FROM difference WHERE comparison_id = ? AND table_name = ?"
                              + " GROUP BY class, explanation, urgent, served_by, columns")
                      .params(id, table)
                      .query(
                          (row, number) ->
                              new Group(
                                  DifferenceClass.valueOf(row.getString(1)),
                                  row.getString(2),
                                  row.getBoolean(3),
                                  row.getString(4),
                                  row.getString(5),
                                  row.getLong(6)))
                      .list());
      Map<DifferenceClass, Long> differences = new EnumMap<>(DifferenceClass.class);
      Map<Explanation, Long> explained = new EnumMap<>(Explanation.class);
      Map<String, Long> columns = new TreeMap<>();
      Map<String, Long> servedBy = new TreeMap<>();
      long urgentMissing = 0;
      for (Group group : groups) {
        differences.merge(group.kind(), group.count(), Long::sum);
        servedBy.merge(group.servedBy(), group.count(), Long::sum);
        String explanation = group.explanation();
        if (explanation != null) {
          explained.merge(Explanation.valueOf(explanation), group.count(), Long::sum);
        } else if (group.urgent() && group.kind() != DifferenceClass.FIELDS_DIFFER) {
          urgentMissing += group.count();
        }
        if (!group.columns().isEmpty()) {
          Arrays.stream(group.columns().split(","))
              .forEach(column -> columns.merge(column, group.count(), Long::sum));
        }
      }
      TableProgress now = requireNonNull(progress.get(table));
      return new TableResult(
          table,
          now.matching(),
          now.late(),
          now.notMirrored(),
          differences,
          explained,
          columns,
          servedBy,
          urgentMissing,
          samples(table));
    }

    private List<Difference> samples(String table) {
      return in(
          () ->
              jdbc.sql(
                      "SELECT * FROM difference WHERE comparison_id = ? AND table_name = ?"
                          + " ORDER BY id LIMIT "
                          + SAMPLES)
                  .params(id, table)
                  .query((row, number) -> difference(row))
                  .list());
    }

    private KindFigures figures(Kind kind, List<TableResult> of, WindowFigures.OfBoth outputs) {
      return new KindFigures(
          kind,
          window,
          of.stream().mapToLong(TableResult::matching).sum(),
          count(of, DifferenceClass.FIELDS_DIFFER),
          count(of, DifferenceClass.MISSING_IN_STREAM),
          count(of, DifferenceClass.MISSING_IN_LEGACY),
          count(of, DifferenceClass.REPEATED),
          of.stream().mapToLong(TableResult::late).sum(),
          of.stream().mapToLong(TableResult::notMirrored).sum(),
          of.stream().mapToLong(TableResult::allExplained).sum(),
          of.stream().mapToLong(TableResult::urgentMissing).sum(),
          outputs.legacy().rows(RouteReason.STREAM_UNAVAILABLE),
          outputs.stream().rows(RouteReason.FLAG, RouteReason.OPT_IN),
          outputs.legacy().acceptToRowP95(),
          outputs.stream().acceptToRowP95());
    }

    private void keepFigures(KindFigures of) {
      jdbc.sql("REPLACE INTO comparison_kind VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
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
                  boxed(of.legacyP95()),
                  boxed(of.streamP95())))
          .update();
    }
  }

  static Difference difference(ResultSet row) throws SQLException {
    return new Difference(
        row.getString("table_name"),
        RecordId.of(row.getBytes("id")),
        DifferenceClass.valueOf(row.getString("class")),
        row.getString("device_sn"),
        DeliveryPath.valueOf(row.getString("served_by")),
        row.getBoolean("urgent"),
        row.getLong("stamp"),
        read(row.getString("fields"), FIELDS));
  }

  private static long count(List<TableResult> tables, DifferenceClass kind) {
    return tables.stream().mapToLong(table -> table.count(kind)).sum();
  }
}
