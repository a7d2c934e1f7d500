package io.crossfade.reconciler.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * When a kind was written twice, from the recorded changes of its flags. Without any record nothing
 * is known, and nothing excused.
 */
public final class DualWriteHistory {

  /** Until every router routes by changed flags, and clocks that differ a little. */
  private static final Duration FLIP = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final NavigableMap<Instant, Boolean> onSince;

  /**
   * @param onSince from when on dual write was on or off
   */
  DualWriteHistory(Map<Instant, Boolean> onSince) {
    this.onSince = new TreeMap<>();
    new TreeMap<>(onSince)
        .forEach(
            (since, on) -> {
              if (this.onSince.isEmpty() || !this.onSince.lastEntry().getValue().equals(on)) {
                this.onSince.put(since, on);
              }
            });
  }

  /**
   * The next moment at which some kind begins or ends to be written for certain once, or twice: a
   * window that ends there has rows of one sort.
   *
   * @param control the control schema, where flags and their changes are
   */
  public static Optional<Instant> edgeAfter(DataSource control, Instant moment) {
    return Stream.of(Kind.values())
        .flatMap(kind -> read(control, kind).edgeAfter(moment).stream())
        .min(Comparator.naturalOrder());
  }

  /**
   * What the control schema says of a kind.
   *
   * @param control where flags and their changes are
   */
  public static DualWriteHistory read(DataSource control, Kind kind) {
    TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    JdbcClient jdbc = JdbcClient.create(control);
    return Objects.requireNonNull(
        transaction.execute(status -> new DualWriteHistory(read(jdbc, kind))));
  }

  /** Whether some router may have written a record of that moment once only. */
  boolean offAt(Instant accepted) {
    Map.Entry<Instant, Boolean> before = onSince.floorEntry(accepted.minus(FLIP));
    Instant from = before == null ? Instant.MIN : before.getKey();
    return onSince.subMap(from, true, accepted.plus(FLIP), true).containsValue(false);
  }

  /** Whether every router wrote a record of that moment twice. */
  public boolean onAt(Instant accepted) {
    return onSince.floorEntry(accepted.minus(FLIP)) != null && !offAt(accepted);
  }

  /** Whether no router can have written a record of {@code [from, to)} twice. */
  boolean offThroughout(Instant from, Instant to) {
    Map.Entry<Instant, Boolean> before = onSince.floorEntry(from.minus(FLIP));
    return before != null
        && !onSince.subMap(before.getKey(), true, to.plus(FLIP), false).containsValue(true);
  }

  /**
   * The next moment from which it is not certain whether records are written twice, or is again.
   */
  Optional<Instant> edgeAfter(Instant moment) {
    return onSince.tailMap(Instant.MIN, false).keySet().stream()
        .flatMap(change -> Stream.of(change.minus(FLIP), change.plus(FLIP)))
        .filter(edge -> edge.isAfter(moment))
        .min(Comparator.naturalOrder());
  }

  private static Map<Instant, Boolean> read(JdbcClient jdbc, Kind kind) {
    record Change(Instant at, boolean before, boolean after) {}
    // The first flags changed nothing: no router had routed by others.
    List<Change> changes =
        jdbc.sql(
                "SELECT changed_at, IF(origin = 'INITIAL', flags_after, flags_before), flags_after"
                    + " FROM rollout_change WHERE kind = ?"
                    + " ORDER BY id")
            .param(kind.name())
            .query(
                (row, number) ->
                    new Change(
                        row.getTimestamp(1).toInstant(),
                        dualWrite(row.getString(2)),
                        dualWrite(row.getString(3))))
            .list();
    Map<Instant, Boolean> since = new TreeMap<>();
    if (!changes.isEmpty()) {
      since.put(Instant.MIN, changes.getFirst().before());
    } else {
      // Never changed: what the flags say now, they always said.
      jdbc.sql("SELECT enabled FROM rollout_flag WHERE feature = ?")
          .param(kind.name() + "_DUAL_WRITE")
          .query(Boolean.class)
          .optional()
          .ifPresent(on -> since.put(Instant.MIN, on));
    }
    changes.forEach(change -> since.put(change.at(), change.after()));
    return since;
  }

  private static boolean dualWrite(String flags) {
    try {
      return JSON.readTree(flags).path("dualWrite").asBoolean();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Flags that were recorded cannot be read", e);
    }
  }
}
