package io.crossfade.db.control;

import io.crossfade.db.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The flags as they are stored, as Togglz knows them, and their version: the tables {@code
 * rollout_flag}, {@code rollout_version} and {@code control_system}.
 */
public final class FlagSwitches {

  /**
   * One switch, whatever somebody wrote into it.
   *
   * @param feature its name; a newer release may have more
   * @param strategy of Togglz; {@code null} for none
   * @param parameters of the strategy, JSON: names to strings
   */
  public record Switch(
      String feature, boolean enabled, @Nullable String strategy, String parameters) {}

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public FlagSwitches(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
  }

  /** Name of the switch that says whom the stream serves. */
  public static String stream(Kind kind) {
    return kind.name() + "_STREAM";
  }

  /** Name of the switch that says whether a kind is written twice. */
  public static String dualWrite(Kind kind) {
    return kind.name() + "_DUAL_WRITE";
  }

  /** Name of the switch that says whether a client's own choice of the stream is heeded. */
  public static String optIn(Kind kind) {
    return kind.name() + "_OPT_IN";
  }

  /** All of them, by name. */
  public List<Switch> all() {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT feature, enabled, strategy, parameters FROM rollout_flag"
                        + " ORDER BY feature")
                .query(
                    (row, number) ->
                        new Switch(
                            row.getString("feature"),
                            row.getBoolean("enabled"),
                            row.getString("strategy"),
                            row.getString("parameters")))
                .list());
  }

  /** One of them; empty when it was never set. */
  public Optional<Switch> find(String feature) {
    return all().stream().filter(of -> of.feature().equals(feature)).findFirst();
  }

  /** Sets one. */
  public void store(Switch set) {
    transactions.run(
        () ->
            jdbc.sql(
                    "INSERT INTO rollout_flag (feature, enabled, strategy, parameters)"
                        + " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE enabled = VALUES(enabled),"
                        + " strategy = VALUES(strategy), parameters = VALUES(parameters)")
                .params(
                    Arrays.asList(set.feature(), set.enabled(), set.strategy(), set.parameters()))
                .update());
  }

  /** Counts up with each change; 0 when there was none. */
  public long version() {
    return transactions.in(
        () -> jdbc.sql("SELECT version FROM rollout_version").query(Long.class).single());
  }

  /** The same; nobody else changes flags from here to the end of the caller's transaction. */
  public long lockVersion() {
    return jdbc.sql("SELECT version FROM rollout_version FOR UPDATE").query(Long.class).single();
  }

  /** Counts up, in the caller's transaction. */
  public void nextVersion() {
    jdbc.sql("UPDATE rollout_version SET version = version + 1").update();
  }

  /** Which system's they are: what a router keeps of flags on its disk is of no other's. */
  public String system() {
    return transactions.in(
        () -> jdbc.sql("SELECT id FROM control_system").query(String.class).single());
  }
}
