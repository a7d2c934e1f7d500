package io.crossfade.reconciler;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
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
   * As the routers report it in the control schema; the one that is furthest behind counts. Not
   * known while no router is up: nobody says what the streams still hold.
   *
   * @param settle kept off, for what is being stamped and handed over at this moment
   */
  static WrittenUntil reported(DataSource control, Duration settle) {
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
                                          .map(Timestamp::toInstant)))
                          .single()));
      return reported.knowing() < reported.routers()
          ? Optional.empty()
          : reported.until().map(until -> until.minus(settle));
    };
  }
}
