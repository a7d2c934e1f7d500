package io.crossfade.reconciler;

import static io.crossfade.reconciler.ComparisonRows.progress;
import static io.crossfade.reconciler.ComparisonRows.utc;
import static io.crossfade.reconciler.ComparisonRows.window;

import io.crossfade.db.InstanceName;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Gives each run to one worker at a time. A claim lasts for {@link #LEASE} by the database's clock
 * and is renewed while its worker lives; one that ran out is taken over under the next number, and
 * what the old worker still writes names the old one and changes nothing.
 */
final class RunClaims {

  /** So long after its worker died a run is taken over. */
  static final Duration LEASE = Duration.ofSeconds(15);

  static final String FROM_NOW =
      "CURRENT_TIMESTAMP(3) + INTERVAL %d SECOND".formatted(LEASE.toSeconds());

  /** Others begin and finish the same meanwhile. */
  private static final int ATTEMPTS = 10;

  /** Who is at work on a run. */
  record Holder(long run, String worker, Instant since, Instant until) {}

  private final JdbcClient jdbc;
  private final DataSource control;
  private final ControlTransactions transactions;
  private final InstantSource clock;
  private final String worker;

  /**
   * @param worker the process
   */
  RunClaims(DataSource control, InstantSource clock, InstanceName worker) {
    this.jdbc = JdbcClient.create(control);
    this.control = control;
    this.transactions = new ControlTransactions(control);
    this.clock = clock;
    this.worker = worker.text();
  }

  /**
   * The run of a request: one that was begun and not finished, else a new one.
   *
   * @param window of what the request asks for, what can be compared; asked for a new run only
   * @throws RunAtWorkException when another worker has it
   */
  ComparisonRun claim(ComparisonRequest request, Supplier<ComparisonWindow> window) {
    for (int attempt = 1; ; attempt++) {
      Optional<ComparisonRun> begun = take(request);
      if (begun.isPresent()) {
        return begun.get();
      }
      try {
        return begin(request, window.get());
      } catch (DuplicateKeyException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Who works on what a request asks for, if anybody does. */
  static Optional<Holder> holder(JdbcClient jdbc, ComparisonRequest request) {
    return jdbc.sql(
            "SELECT id, claimed_by, claimed_at, claimed_until FROM comparison"
                + " WHERE open_as = ? AND claimed_until > CURRENT_TIMESTAMP(3)")
        .param(openAs(request))
        .query(
            (row, number) ->
                new Holder(
                    row.getLong("id"),
                    row.getString("claimed_by"),
                    row.getTimestamp("claimed_at").toInstant(),
                    row.getTimestamp("claimed_until").toInstant()))
        .optional();
  }

  private Optional<ComparisonRun> take(ComparisonRequest request) {
    return in(
        () -> {
          Optional<Long> id =
              jdbc.sql("SELECT id FROM comparison WHERE open_as = ? FOR UPDATE")
                  .param(openAs(request))
                  .query(Long.class)
                  .optional();
          if (id.isEmpty()) {
            return Optional.empty();
          }
          holder(jdbc, request)
              .ifPresent(
                  holder -> {
                    throw new RunAtWorkException(holder);
                  });
          jdbc.sql(
                  "UPDATE comparison SET claim = claim + 1, claimed_by = ?,"
                      + " claimed_at = CURRENT_TIMESTAMP(3), claimed_until = "
                      + FROM_NOW
                      + " WHERE id = ?")
              .params(worker, id.get())
              .update();
          return jdbc.sql("SELECT * FROM comparison WHERE id = ?")
              .param(id.get())
              .query((row, number) -> run(row, request.origin()))
              .optional();
        });
  }

  private ComparisonRun begin(ComparisonRequest request, ComparisonWindow asked) {
    Instant now = clock.instant();
    return in(
        () -> {
          jdbc.sql(
                  "INSERT INTO comparison (origin, kinds, from_at, to_at, asked_to_at, state,"
                      + " started_at, updated_at, progress, open_as, claim, claimed_by, claimed_at,"
                      + " claimed_until) VALUES (?,?,?,?,?,'RUNNING',?,?,'{}',?,1,?,"
                      + "CURRENT_TIMESTAMP(3),"
                      + FROM_NOW
                      + ")")
              .params(
                  request.origin().name(),
                  request.kindNames(),
                  utc(asked.from()),
                  utc(asked.to()),
                  utc(request.window().to()),
                  utc(now),
                  utc(now),
                  openAs(request),
                  worker)
              .update();
          long id = jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
          ComparisonWindow window = notYetCompared(id, request.origin(), asked);
          return new ComparisonRun(
              control, clock, id, 1, request.origin(), window, now, new LinkedHashMap<>());
        });
  }

  /**
   * Another router may have finished the same window after this one had looked what comes next and
   * before it began: no row counts twice for the gates.
   */
  private ComparisonWindow notYetCompared(long id, Origin origin, ComparisonWindow asked) {
    if (origin != Origin.ROLLING) {
      return asked;
    }
    Instant until = Comparisons.comparedUntil(jdbc, " LOCK IN SHARE MODE").orElse(Instant.EPOCH);
    if (!until.isAfter(asked.from())) {
      return asked;
    }
    ComparisonWindow rest =
        new ComparisonWindow(until, until.isAfter(asked.to()) ? until : asked.to());
    jdbc.sql("UPDATE comparison SET from_at = ?, to_at = ? WHERE id = ?")
        .params(utc(rest.from()), utc(rest.to()), id)
        .update();
    return rest;
  }

  /** What an unfinished run is known by. There is one rolling run, wherever it begins. */
  static String openAs(ComparisonRequest request) {
    String what = request.origin() + " " + request.kindNames();
    if (request.rowsOf() != null) {
      return what + " " + request.rowsOf();
    }
    return request.origin() == Origin.ROLLING
        ? what
        : what
            + " %d %d"
                .formatted(
                    request.window().from().toEpochMilli(), request.window().to().toEpochMilli());
  }

  private ComparisonRun run(ResultSet row, Origin origin) throws SQLException {
    return new ComparisonRun(
        control,
        clock,
        row.getLong("id"),
        row.getLong("claim"),
        origin,
        window(row),
        row.getTimestamp("started_at").toInstant(),
        progress(row));
  }

  private <T> T in(Supplier<T> work) {
    return transactions.in(work);
  }
}
