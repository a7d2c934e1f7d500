package io.crossfade.reconciler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Up to when everything that was accepted is written by both paths. */
public interface WrittenUntil {

  /** That moment, by the clocks that stamp records; empty while it is not known. */
  Optional<Instant> now();

  /**
   * As the routers report it in the control schema; the one that is furthest behind counts. Without
   * a router that is up, nothing is accepted and nothing but a little patience is due.
   *
   * @param settle kept off, for what is being stamped and handed over at this moment
   */
  static WrittenUntil reported(DataSource control, InstantSource clock, Duration settle) {
    JdbcClient jdbc = JdbcClient.create(control);
    TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    record Reported(int routers, int knowing, Optional<Instant> until) {}
    return () -> {
      Reported reported =
          Objects.requireNonNull(
              transaction.execute(
                  status ->
                      jdbc.sql(
                              "SELECT COUNT(*), COUNT(written_until), MIN(written_until)"
                                  + " FROM router_instance WHERE seen_at >"
                                  + " CURRENT_TIMESTAMP(3) - INTERVAL 5 SECOND")
                          .query(
                              (row, number) ->
                                  new Reported(
                                      row.getInt(1),
                                      row.getInt(2),
                                      Optional.ofNullable(row.getTimestamp(3))
                                          .map(java.sql.Timestamp::toInstant)))
                          .single()));
      if (reported.routers() == 0) {
        return Optional.of(clock.instant().minus(settle));
      }
      return reported.knowing() < reported.routers()
          ? Optional.empty()
          : reported.until().map(until -> until.minus(settle));
    };
  }
}
