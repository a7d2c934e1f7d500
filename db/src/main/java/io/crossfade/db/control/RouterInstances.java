package io.crossfade.db.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The routers that are up, as they report themselves: the table {@code router_instance}. */
public final class RouterInstances {

  /** One that has not reported for so long is gone, by the database's clock. */
  private static final int GONE_AFTER_SECONDS = 5;

  /**
   * What a router says of itself.
   *
   * @param version of the flags that it routes by
   * @param held records in its memory queue, by kind
   * @param fullestQueue of these queues, percent
   * @param breaker how its breaker before Redis stands, a name
   * @param writtenUntil up to when everything that it accepted, and all that Redis holds, is
   *     written; empty while it does not know
   * @param now by its clock
   */
  public record Report(
      Facts facts,
      long version,
      Map<Kind, Integer> held,
      int fullestQueue,
      String breaker,
      Optional<Instant> writtenUntil,
      Instant now) {}

  /**
   * What a router is as long as it runs.
   *
   * @param release of which it is; {@code null} where nobody says
   * @param since when it began, by its clock
   * @param accepts whether it takes uploads; otherwise it only consumes
   */
  public record Facts(@Nullable String release, Instant since, boolean accepts) {}

  /**
   * A router that is up, or silent.
   *
   * @param facts {@code null} by a release that does not say
   * @param version of the flags that it routes by
   * @param unheard since it reported last
   * @param clockAheadMillis of its clock against the database's, with the time that the report
   *     took; {@code null} by a release that does not say
   */
  public record Known(
      String instance,
      @Nullable Facts facts,
      long version,
      Duration unheard,
      boolean silent,
      @Nullable Long clockAheadMillis) {}

  /**
   * One router.
   *
   * @param version of the flags that it routes by
   * @param held records in its memory queues
   * @param fullestQueue of these queues, percent; {@code null} by a release that does not say
   * @param breaker how its breaker before Redis stands, a name; {@code null} likewise
   * @param writtenUntil up to when everything that it accepted, and all that Redis holds, is
   *     written; empty while it does not know
   */
  public record Up(
      String instance,
      long version,
      long held,
      @Nullable Integer fullestQueue,
      @Nullable String breaker,
      Optional<Instant> writtenUntil) {}

  /** One that says nothing for so long makes people look, by the database's clock. */
  private static final int SILENT_AFTER_SECONDS = 4;

  /** Nobody comes back after so long. */
  private static final int FORGOTTEN_AFTER_HOURS = 24;

  /**
   * A router that neither reports nor has said that it leaves: killed, hung, or cut off.
   *
   * @param since it reported last
   */
  public record Silent(String instance, Duration since) {}

  /** What became of one that was to be taken off the list. */
  public sealed interface Forgetting {

    /**
     * It is off the list.
     *
     * @param act in the audit
     */
    record Done(long act) implements Forgetting {}

    /** It reports: nothing was done. */
    record Alive() implements Forgetting {}

    /** No router is called so. */
    record Unknown() implements Forgetting {}
  }

  /**
   * A silent router that a person took off the list.
   *
   * @param seen when it reported last
   */
  public record Forgotten(
      String instance, Instant seen, Instant forgotten, String actor, String reason) {}

  /** When a router reported last, and whether that makes people look. */
  private record Heard(Instant at, boolean silent) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  /** In the figures of the act by which a router is forgotten. */
  private static final String SEEN = "seenAt";

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;
  private final AuditLog audit;

  public RouterInstances(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
    this.audit = new AuditLog(control);
  }

  /** Says that a router is up. */
  public void report(InstanceName instance, Report report) {
    Map<Kind, Integer> held = report.held();
    transactions.run(
        () ->
            jdbc.sql(
                    "REPLACE INTO router_instance (instance, seen_at, version, held_health,"
                        + " held_device, held_event, held_others, fullest_queue, breaker,"
                        + " written_until, release_name, up_since, accepts, clock_ahead) VALUES"
                        + " (?, CURRENT_TIMESTAMP(3), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                        + " TIMESTAMPDIFF(MICROSECOND, CURRENT_TIMESTAMP(3), ?) DIV 1000)")
                .params(
                    Arrays.asList(
                        instance.text(),
                        report.version(),
                        held.getOrDefault(Kind.HEALTH, 0),
                        held.getOrDefault(Kind.DEVICE, 0),
                        held.getOrDefault(Kind.EVENT, 0),
                        heldOfOthers(held),
                        report.fullestQueue(),
                        report.breaker(),
                        report.writtenUntil().map(Timestamp::from).orElse(null),
                        report.facts().release(),
                        Timestamp.from(report.facts().since()),
                        report.facts().accepts(),
                        Timestamp.from(report.now())))
                .update());
  }

  private static long heldOfOthers(Map<Kind, Integer> held) {
    return held.entrySet().stream()
        .filter(kind -> !List.of(Kind.HEALTH, Kind.DEVICE, Kind.EVENT).contains(kind.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Takes a router off the list. */
  public void leave(InstanceName instance) {
    transactions.run(
        () ->
            jdbc.sql("DELETE FROM router_instance WHERE instance = ?")
                .param(instance.text())
                .update());
  }

  /**
   * Takes a silent router off the list, on record; one that was only cut off comes back by itself.
   *
   * @param actor who says that it is known
   * @param reason what is known of it
   */
  public Forgetting forget(String instance, String actor, String reason) {
    return transactions.in(
        () -> {
          Optional<Heard> heard =
              jdbc.sql(
                      "SELECT seen_at, seen_at <= CURRENT_TIMESTAMP(3) - INTERVAL "
                          + SILENT_AFTER_SECONDS
                          + " SECOND FROM router_instance WHERE instance = ? FOR UPDATE")
                  .param(instance)
                  .query(
                      (row, number) ->
                          new Heard(row.getTimestamp(1).toInstant(), row.getBoolean(2)))
                  .optional();
          if (heard.isEmpty()) {
            return new Forgetting.Unknown();
          }
          if (!heard.get().silent()) {
            return new Forgetting.Alive();
          }
          jdbc.sql("DELETE FROM router_instance WHERE instance = ?").param(instance).update();
          return new Forgetting.Done(
              audit.keep(
                  Act.of(actor, Action.ROUTER_FORGOTTEN)
                      .on(instance)
                      .because(reason)
                      .figures(
                          JSON.createObjectNode()
                              .put(SEEN, heard.get().at().toString())
                              .toString())));
        });
  }

  /** Those that people took off the list, the newest first. */
  public List<Forgotten> forgotten(int limit) {
    AuditLog.Filter filter = new AuditLog.Filter(null, Action.ROUTER_FORGOTTEN, null, null, null);
    return audit.newest(filter, null, limit).stream().map(RouterInstances::forgotten).toList();
  }

  private static Forgotten forgotten(AuditLog.Entry entry) {
    Act act = entry.act();
    try {
      return new Forgotten(
          String.valueOf(act.object()),
          Instant.parse(JSON.readTree(act.figures()).path(SEEN).asText()),
          entry.at(),
          act.actor(),
          String.valueOf(act.reason()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Act %d has no figures".formatted(entry.id()), e);
    }
  }

  /** Those that fell silent within the last {@value FORGOTTEN_AFTER_HOURS} hours. */
  public List<Silent> silent() {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT instance, TIMESTAMPDIFF(MICROSECOND, seen_at, CURRENT_TIMESTAMP(3))"
                        + " DIV 1000 AS silent_ms FROM router_instance WHERE seen_at <="
                        + " CURRENT_TIMESTAMP(3) - INTERVAL "
                        + SILENT_AFTER_SECONDS
                        + " SECOND AND seen_at > CURRENT_TIMESTAMP(3) - INTERVAL "
                        + FORGOTTEN_AFTER_HOURS
                        + " HOUR ORDER BY instance")
                .query(
                    (row, number) ->
                        new Silent(
                            row.getString("instance"), Duration.ofMillis(row.getLong("silent_ms"))))
                .list());
  }

  /** Those that are up, and those that fell silent: these first, the longest first. */
  public List<Known> known() {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT instance, version, release_name, up_since, accepts, clock_ahead,"
                        + " TIMESTAMPDIFF(MICROSECOND, seen_at, CURRENT_TIMESTAMP(3)) DIV 1000 AS"
                        + " unheard_ms, seen_at <= CURRENT_TIMESTAMP(3) - INTERVAL "
                        + SILENT_AFTER_SECONDS
                        + " SECOND AS silent FROM router_instance WHERE seen_at >"
                        + " CURRENT_TIMESTAMP(3) - INTERVAL "
                        + FORGOTTEN_AFTER_HOURS
                        + " HOUR ORDER BY silent DESC, IF(silent, seen_at, NULL), instance")
                .query((row, number) -> known(row))
                .list());
  }

  private static Known known(ResultSet row) throws SQLException {
    Timestamp since = row.getTimestamp("up_since");
    return new Known(
        row.getString("instance"),
        since == null
            ? null
            : new Facts(
                row.getString("release_name"), since.toInstant(), row.getBoolean("accepts")),
        row.getLong("version"),
        Duration.ofMillis(row.getLong("unheard_ms")),
        row.getBoolean("silent"),
        row.getObject("clock_ahead", Long.class));
  }

  /** All that are up. */
  public List<Up> up() {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT instance, version, held_health + held_device + held_event + held_others"
                        + " AS held, fullest_queue, breaker, written_until FROM router_instance"
                        + " WHERE seen_at > CURRENT_TIMESTAMP(3) - INTERVAL "
                        + GONE_AFTER_SECONDS
                        + " SECOND ORDER BY instance")
                .query(
                    (row, number) ->
                        new Up(
                            row.getString("instance"),
                            row.getLong("version"),
                            row.getLong("held"),
                            row.getObject("fullest_queue", Integer.class),
                            row.getString("breaker"),
                            Optional.ofNullable(row.getTimestamp("written_until"))
                                .map(Timestamp::toInstant)))
                .list());
  }
}
