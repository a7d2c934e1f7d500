package io.crossfade.reconciler.nightly;

import io.crossfade.reconciler.Comparisons;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Forgets old runs, their reports, and what explained their differences. */
final class Retention {

  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  /** Rows in one transaction. */
  private static final int AT_ONCE = 10_000;

  private static final List<String> OLD =
      List.of(
          "DELETE FROM accounting WHERE minute_at < ? LIMIT ",
          "DELETE FROM accounted_segment WHERE accounted_at < ? LIMIT ",
          "DELETE FROM lost_record WHERE accepted_at < ? LIMIT ",
          "DELETE FROM dropped_mirror WHERE dropped_at < ? LIMIT ",
          "DELETE FROM refused_record WHERE refused_at < ? LIMIT ");

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Comparisons comparisons;
  private final Duration keep;
  private final InstantSource clock;

  Retention(DataSource control, Comparisons comparisons, Duration keep, InstantSource clock) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    this.comparisons = comparisons;
    this.keep = keep;
    this.clock = clock;
  }

  void forget() {
    Instant before = clock.instant().minus(keep);
    long forgotten = comparisons.forgetBefore(before);
    for (String old : OLD) {
      int deleted;
      do {
        deleted = delete(old + AT_ONCE, before);
        forgotten += deleted;
      } while (deleted == AT_ONCE);
    }
    log.info("Forgot {} runs and notes from before {}", forgotten, before);
  }

  private int delete(String sql, Instant before) {
    Integer deleted =
        transaction.execute(
            status ->
                jdbc.sql(sql).param(LocalDateTime.ofInstant(before, ZoneOffset.UTC)).update());
    return deleted == null ? 0 : deleted;
  }
}
