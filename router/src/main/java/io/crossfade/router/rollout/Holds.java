package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Kinds that nothing may change by itself until a person lets it. */
public final class Holds {

  /** Who held a kind, since when and why. */
  public record Hold(Instant since, String actor, String reason) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  public Holds(DataSource control, InstantSource clock) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    this.clock = clock;
  }

  void hold(Kind kind, String actor, String reason) {
    transaction.executeWithoutResult(
        status ->
            jdbc.sql("REPLACE INTO rollout_hold (kind, held_at, actor, reason) VALUES (?, ?, ?, ?)")
                .params(kind.name(), Timestamp.from(clock.instant()), actor, reason)
                .update());
  }

  void release(Kind kind) {
    transaction.executeWithoutResult(
        status -> jdbc.sql("DELETE FROM rollout_hold WHERE kind = ?").param(kind.name()).update());
  }

  Map<Kind, Hold> all() {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              Map<Kind, Hold> holds = new EnumMap<>(Kind.class);
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
            }));
  }
}
