package io.crossfade.reconciler;

import static io.crossfade.reconciler.ComparisonRows.summary;
import static io.crossfade.reconciler.ComparisonRows.utc;

import io.crossfade.db.Kind;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Reason;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The runs of the reconciler in the control schema, with everything that each found. */
public final class Comparisons {

  /** Differences in a result; all are in the control schema. */
  static final int SAMPLES = 100;

  private static final String SUMMARY =
      "SELECT c.*, COALESCE(claimed_until > CURRENT_TIMESTAMP(3), FALSE) AS held FROM comparison c"
          + " WHERE c.id IN (:ids) ORDER BY c.id DESC";

  /** Of a few rows of few runs, beside which a run may have very many. */
  static final String ROWS =
      "SELECT COUNT(DISTINCT IF(explanation IS NULL, id, NULL)), COUNT(DISTINCT IF(lacks, id,"
          + " NULL)), COUNT(DISTINCT IF(lacks AND explanation IS NULL, id, NULL)) FROM (SELECT id,"
          + " explanation, urgent AND class IN ('MISSING_IN_STREAM', 'MISSING_IN_LEGACY',"
          + " 'REPEATED') AS lacks FROM difference FORCE INDEX (PRIMARY) WHERE comparison_id IN"
          + " (:runs) AND table_name = :table AND agreed_at IS NULL AND looks = 2) some";

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;
  private final TableResults results;

  public Comparisons(DataSource control, InstantSource clock) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
    this.results = new TableResults(control);
  }

  /**
   * A run in the list of runs.
   *
   * @param reasons why the verdict is no PASS
   * @param headline what it found
   * @param proof what it made of the rows that were planted for it
   * @param worker who is at work on it; {@code null} when nobody is
   */
  public record Summary(
      long id,
      Origin origin,
      Set<Kind> kinds,
      ComparisonWindow window,
      boolean finished,
      Instant startedAt,
      Instant updatedAt,
      @Nullable String verdict,
      List<Reason> reasons,
      Headline headline,
      Proof proof,
      @Nullable String worker,
      double share) {}

  /** Up to where the rolling comparison came; empty before its first run. */
  public Optional<Instant> comparedUntil() {
    return in(() -> comparedUntil(jdbc, ""));
  }

  /**
   * The same in the caller's transaction.
   *
   * @param locking how rows are read
   */
  static Optional<Instant> comparedUntil(JdbcClient jdbc, String locking) {
    return jdbc.sql(
            "SELECT MAX(to_at) FROM comparison WHERE origin = 'ROLLING' AND state = 'FINISHED'"
                + locking)
        .query(Timestamp.class)
        .optional()
        .map(Timestamp::toInstant);
  }

  /**
   * Changes whenever a run finishes: two index lookups, where reading the figures of a week is ten
   * thousand rows a kind.
   *
   * @param id of the newest run with figures; {@code null} when there is none
   * @param until up to where the rolling comparison came; {@code null} before its first run
   */
  public record Mark(@Nullable Long id, @Nullable Instant until) {}

  /** How far the runs are now. */
  public Mark mark() {
    Long id =
        in(() ->
                jdbc.sql("SELECT MAX(comparison_id) FROM comparison_kind")
                    .query(Long.class)
                    .optional())
            .orElse(null);
    return new Mark(id, comparedUntil().orElse(null));
  }

  /** Rolling figures of a kind whose window began then or later, oldest first. */
  public List<KindFigures> since(Kind kind, Instant from) {
    return figures(Origin.ROLLING, kind, from);
  }

  /** Figures of a kind from finished runs of one origin, whose window began then or later. */
  public List<KindFigures> figures(Origin origin, Kind kind, Instant from) {
    return in(
        () ->
            jdbc
                .sql(
                    "SELECT from_at, to_at, k.* FROM comparison c JOIN comparison_kind k"
                        + " ON k.comparison_id = c.id WHERE origin = ? AND state = 'FINISHED'"
                        + " AND kind = ? AND from_at >= ? ORDER BY from_at")
                .params(origin.name(), kind.name(), utc(from))
                .query((row, number) -> ComparisonRows.figures(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  /**
   * What a finished run found of a kind.
   *
   * @param run its id
   */
  public record Look(long run, Origin origin, Instant ended, KindFigures figures) {}

  /**
   * Of the runs that ended lately, those that count for what is open: where something was found,
   * all but rolling ones, those that looked again at what one of these had looked at, and the
   * newest. Runs that ended before a path was past what differed are left out.
   *
   * @param after only runs that ended then or later
   * @param newest all that ended then or later
   */
  List<Look> looks(Instant after, Instant newest) {
    return in(
        () ->
            jdbc
                .sql(
                    "SELECT c.id, c.origin, c.updated_at, from_at, to_at, k.* FROM comparison c"
                        + " JOIN comparison_kind k ON k.comparison_id = c.id WHERE c.updated_at >="
                        + " ? AND state = 'FINISHED' AND origin IN ('ROLLING', 'NIGHTLY',"
                        + " 'ON_DEMAND') AND settled AND (origin <> 'ROLLING' OR c.updated_at >= ?"
                        + " OR differing + missing_in_stream + missing_in_legacy + repeated > 0 OR"
                        + " EXISTS (SELECT 1 FROM comparison o WHERE o.updated_at >= ? AND o.origin"
                        + " <> 'ROLLING' AND o.id < c.id AND o.from_at >= c.from_at AND o.to_at <="
                        + " c.to_at)) ORDER BY c.id")
                .params(utc(after), utc(newest), utc(after))
                .query(
                    (row, number) -> {
                      long run = row.getLong("id");
                      Origin origin = Origin.valueOf(row.getString("origin"));
                      Instant ended = row.getTimestamp("updated_at").toInstant();
                      return ComparisonRows.figures(row)
                          .map(of -> new Look(run, origin, ended, of));
                    })
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  /** Rows of a table on which the outputs do not agree, each counted once. */
  record Rows(long unexplained, long urgentMissing, long urgentUnexplained) {}

  /** What runs found in a table, and no repair was seen to have mended. */
  Rows rows(List<Long> runs, String table) {
    if (runs.isEmpty()) {
      return new Rows(0, 0, 0);
    }
    return in(
        () ->
            jdbc.sql(ROWS)
                .param("runs", runs)
                .param("table", table)
                .query((row, number) -> new Rows(row.getLong(1), row.getLong(2), row.getLong(3)))
                .single());
  }

  /** The latest runs, newest first. */
  public List<Summary> latest(int limit) {
    return in(
        () ->
            summaries(
                jdbc.sql("SELECT id FROM comparison ORDER BY id DESC LIMIT ?")
                    .param(limit)
                    .query(Long.class)
                    .list()));
  }

  /** One run. */
  public Optional<Summary> find(long id) {
    return in(() -> summaries(List.of(id)).stream().findFirst());
  }

  private List<Summary> summaries(List<Long> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    // A run that goes on has none yet.
    Map<Long, List<KindFigures>> figures = new HashMap<>();
    jdbc.sql(
            "SELECT from_at, to_at, k.* FROM comparison c JOIN comparison_kind k"
                + " ON k.comparison_id = c.id WHERE c.id IN (:ids)")
        .param("ids", ids)
        .query(
            row -> {
              List<KindFigures> ofRun =
                  figures.computeIfAbsent(row.getLong("comparison_id"), id -> new ArrayList<>());
              ComparisonRows.figures(row).ifPresent(ofRun::add);
            });
    return jdbc.sql(SUMMARY)
        .param("ids", ids)
        .query((row, number) -> summary(row, figures.getOrDefault(row.getLong("id"), List.of())))
        .list();
  }

  /**
   * A difference as it is kept.
   *
   * @param explanation why it is no fault, if that is known
   * @param repaired whether a repair has touched it
   */
  public record StoredDifference(
      Difference difference, @Nullable Explanation explanation, boolean repaired) {}

  /** The differences of a run, alike ones together. */
  public List<DifferenceGroup> groups(long id) {
    return results.groups(id);
  }

  /** A device and how many of its rows do not agree. */
  public record WorstDevice(String deviceSn, long differences, long unexplained) {}

  /** The devices with most differences in a run, unexplained ones first. */
  public List<WorstDevice> worstDevices(long id, int limit) {
    return in(
        () ->
            jdbc.sql(
                    "SELECT device_sn, COUNT(*), SUM(explanation IS NULL) AS unexplained"
                        + " FROM difference WHERE comparison_id = ? GROUP BY device_sn"
                        + " ORDER BY unexplained DESC, COUNT(*) DESC, device_sn LIMIT ?")
                .params(id, limit)
                .query(
                    (row, number) ->
                        new WorstDevice(row.getString(1), row.getLong(2), row.getLong(3)))
                .list());
  }

  /**
   * Forgets some of the oldest of the runs that were last worked on before a moment: differences
   * first, then the run with its figures and report.
   *
   * @param most rows at once
   * @return how many rows; zero when there is nothing left to forget
   */
  public int forgetSome(Instant moment, int most) {
    return in(
        () -> {
          Optional<Long> oldest =
              jdbc.sql(
                      "SELECT id FROM comparison WHERE updated_at < ? ORDER BY updated_at LIMIT 1"
                          + " FOR UPDATE")
                  .param(utc(moment))
                  .query(Long.class)
                  .optional();
          if (oldest.isEmpty()) {
            return 0;
          }
          int differences =
              jdbc.sql("DELETE FROM difference WHERE comparison_id = ? LIMIT " + most)
                  .param(oldest.get())
                  .update();
          return differences == most
              ? differences
              : differences
                  + jdbc.sql("DELETE FROM comparison WHERE id = ?").param(oldest.get()).update();
        });
  }

  /** Who works on what a request asks for, if anybody does; the message says so. */
  public Optional<RunAtWorkException> atWork(ComparisonRequest request) {
    return in(() -> RunClaims.holder(jdbc, request)).map(RunAtWorkException::new);
  }

  private <T> T in(Supplier<T> work) {
    return transactions.in(work);
  }
}
