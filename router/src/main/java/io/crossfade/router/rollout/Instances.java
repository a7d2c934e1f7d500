package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The routers that are up, as they report themselves in the control schema. */
public final class Instances {

  /** One that has not reported for so long is gone. */
  private static final int GONE_AFTER_SECONDS = 5;

  /**
   * One router.
   *
   * @param version of the flags that it routes by
   * @param held records in its memory queues
   */
  public record Instance(String instance, long version, long held) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final String self;
  private final ToIntFunction<Kind> held;

  /**
   * @param self name of this router; no other running one has it
   * @param held records in this router's memory queue
   */
  public Instances(DataSource control, String self, ToIntFunction<Kind> held) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    this.self = self;
    this.held = held;
  }

  String self() {
    return self;
  }

  /**
   * Says that this router is up.
   *
   * @param version of the flags that it routes by
   * @param writtenUntil up to when everything accepted is written, as far as this router knows
   */
  void report(long version, Optional<Instant> writtenUntil) {
    transaction.executeWithoutResult(
        status ->
            jdbc.sql(
                    "REPLACE INTO router_instance (instance, seen_at, version, held_health, held_device, held_event, written_until) VALUES (?, CURRENT_TIMESTAMP(3), ?, ?, ?, ?, ?)")
                .params(
                    Arrays.asList(
                        self,
                        version,
                        held.applyAsInt(Kind.HEALTH),
                        held.applyAsInt(Kind.DEVICE),
                        held.applyAsInt(Kind.EVENT),
                        writtenUntil.map(Timestamp::from).orElse(null)))
                .update());
  }

  /** Takes this router off the list. */
  void leave() {
    transaction.executeWithoutResult(
        status -> jdbc.sql("DELETE FROM router_instance WHERE instance = ?").param(self).update());
  }

  /** All that are up. */
  List<Instance> up() {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                jdbc.sql(
                        "SELECT instance, version, held_health + held_device + held_event AS held"
                            + " FROM router_instance WHERE seen_at >"
                            + " CURRENT_TIMESTAMP(3) - INTERVAL "
                            + GONE_AFTER_SECONDS
                            + " SECOND ORDER BY instance")
                    .query(
                        (row, number) ->
                            new Instance(
                                row.getString("instance"),
                                row.getLong("version"),
                                row.getLong("held")))
                    .list()));
  }
}
