package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rolling comparisons in the control schema: what is known of the outputs, window by window.
 */
public final class ComparisonRuns {

  /**
   * One kind in one window.
   *
   * @param unexplained rows that differ or are missing, and nobody knows why
   * @param urgentMissing urgent events among them
   * @param fallbacks records meant for the stream that the memory queue took
   * @param streamServed records that the stream served
   * @param legacyP95 accept-to-row, ms
   * @param streamP95 likewise
   */
  public record Run(
      Kind kind,
      ComparisonWindow window,
      long matching,
      long differing,
      long missingInStream,
      long missingInLegacy,
      long explained,
      long urgentMissing,
      long fallbacks,
      long streamServed,
      OptionalDouble legacyP95,
      OptionalDouble streamP95) {

    /** Rows that at least one output has. */
    public long compared() {
      return matching + differing + missingInStream + missingInLegacy;
    }

    /** Rows that differ or are missing, and nobody knows why. */
    public long unexplained() {
      return compared() - matching - explained;
    }
  }

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  public ComparisonRuns(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
  }

  /** Up to where the outputs are compared; empty before the first run. */
  Optional<Instant> comparedUntil() {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                jdbc.sql("SELECT to_at FROM comparison_run ORDER BY to_at DESC LIMIT 1")
                    .query(Timestamp.class)
                    .optional()
                    .map(Timestamp::toInstant)));
  }

  /** Runs of a kind whose window began then or later, oldest first. */
  public List<Run> since(Kind kind, Instant from) {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                jdbc.sql(
                        "SELECT * FROM comparison_run WHERE kind = ? AND from_at >= ?"
                            + " ORDER BY from_at")
                    .params(kind.name(), Timestamp.from(from))
                    .query((row, number) -> run(row))
                    .list()));
  }

  /** Keeps the runs of one window, all or none; a window that is compared again replaces itself. */
  void keep(List<Run> runs) {
    transaction.executeWithoutResult(status -> runs.forEach(this::keepOne));
  }

  private void keepOne(Run run) {
    jdbc.sql(
            "REPLACE INTO comparison_run (kind, from_at, to_at, finished_at, matching, differing,"
                + " missing_in_stream, missing_in_legacy, explained, urgent_missing, fallbacks,"
                + " stream_served, legacy_p95_ms, stream_p95_ms)"
                + " VALUES (?,?,?,CURRENT_TIMESTAMP(3),?,?,?,?,?,?,?,?,?,?)")
        .params(
            Arrays.asList(
                run.kind().name(),
                Timestamp.from(run.window().from()),
                Timestamp.from(run.window().to()),
                run.matching(),
                run.differing(),
                run.missingInStream(),
                run.missingInLegacy(),
                run.explained(),
                run.urgentMissing(),
                run.fallbacks(),
                run.streamServed(),
                boxed(run.legacyP95()),
                boxed(run.streamP95())))
        .update();
  }

  private static Run run(ResultSet row) throws SQLException {
    return new Run(
        Kind.valueOf(row.getString("kind")),
        new ComparisonWindow(
            row.getTimestamp("from_at").toInstant(), row.getTimestamp("to_at").toInstant()),
        row.getLong("matching"),
        row.getLong("differing"),
        row.getLong("missing_in_stream"),
        row.getLong("missing_in_legacy"),
        row.getLong("explained"),
        row.getLong("urgent_missing"),
        row.getLong("fallbacks"),
        row.getLong("stream_served"),
        unboxed(row.getObject("legacy_p95_ms", Double.class)),
        unboxed(row.getObject("stream_p95_ms", Double.class)));
  }

  private static @Nullable Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static OptionalDouble unboxed(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
