package io.crossfade.reconciler;

import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.ControlTransactions;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A person's word that all runs, on every instance, wait where they are. */
public final class ReconcilerPause {

  /** Who paused, when and why. */
  public record Pause(Instant since, String actor, String reason) {}

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;
  private final AuditLog audit;

  public ReconcilerPause(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
    this.audit = new AuditLog(control);
  }

  /** The pause there is, if any. */
  public Optional<Pause> current() {
    return transactions.in(
        () ->
            jdbc.sql("SELECT paused_at, actor, reason FROM reconciler_pause")
                .query(
                    (row, number) ->
                        new Pause(
                            row.getTimestamp(1).toInstant(), row.getString(2), row.getString(3)))
                .optional());
  }

  /**
   * Runs wait from their next page on.
   *
   * @return the act in the audit
   */
  public long pause(String actor, String reason) {
    return transactions.in(
        () -> {
          jdbc.sql(
                  "REPLACE INTO reconciler_pause (one, paused_at, actor, reason)"
                      + " VALUES (1, CURRENT_TIMESTAMP(3), ?, ?)")
              .params(actor, reason)
              .update();
          return audit.keep(Act.of(actor, Action.PAUSE).because(reason));
        });
  }

  /**
   * Runs go on.
   *
   * @return the act in the audit; empty when there was no pause
   */
  public Optional<Long> resume(String actor) {
    return transactions.in(
        () ->
            jdbc.sql("DELETE FROM reconciler_pause").update() == 0
                ? Optional.empty()
                : Optional.of(audit.keep(Act.of(actor, Action.RESUME))));
  }
}
