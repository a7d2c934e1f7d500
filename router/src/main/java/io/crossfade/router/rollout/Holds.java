package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.ControlTransactions;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Kinds that nothing may change by itself until a person lets it. */
public final class Holds {

  /** Who held a kind, since when and why. */
  public record Hold(Instant since, String actor, String reason) {}

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;
  private final AuditLog audit;
  private final InstantSource clock;

  public Holds(DataSource control, InstantSource clock) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
    this.audit = new AuditLog(control);
    this.clock = clock;
  }

  /** Says which act of the audit it is. */
  long hold(Kind kind, String actor, String reason) {
    return transactions.in(
        () -> {
          jdbc.sql("REPLACE INTO rollout_hold (kind, held_at, actor, reason) VALUES (?, ?, ?, ?)")
              .params(kind.name(), Timestamp.from(clock.instant()), actor, reason)
              .update();
          return audit.keep(Act.of(actor, Action.HOLD).ofKind(kind).because(reason));
        });
  }

  /** Says which act of the audit it is; empty when the kind was not held. */
  Optional<Long> release(Kind kind, String actor) {
    return transactions.in(
        () ->
            jdbc.sql("DELETE FROM rollout_hold WHERE kind = ?").param(kind.name()).update() == 0
                ? Optional.empty()
                : Optional.of(audit.keep(Act.of(actor, Action.RELEASE).ofKind(kind))));
  }

  /** Every kind that is held. */
  public Map<Kind, Hold> all() {
    return transactions.in(
        () -> {
          Map<Kind, Hold> holds = new TreeMap<>();
          jdbc.sql("SELECT kind, held_at, actor, reason FROM rollout_hold")
              .query(
                  row -> {
                    String name = row.getString("kind");
                    for (Kind kind : Kind.values()) {
                      // Others are of another release.
                      if (kind.name().equals(name)) {
                        holds.put(
                            kind,
                            new Hold(
                                row.getTimestamp("held_at").toInstant(),
                                row.getString("actor"),
                                row.getString("reason")));
                      }
                    }
                  });
          return holds;
        });
  }
}
