package io.crossfade.db.control;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What routers counted in slices of time, and what happened to them: the tables {@code
 * router_history} and {@code router_event}.
 */
public final class RouterHistory {

  /** How long a slice is, and how long it is kept. */
  public enum Resolution {
    FINE(Duration.ofSeconds(10), Duration.ofHours(2)),
    COARSE(Duration.ofMinutes(10), Duration.ofDays(8));

    private final Duration slice;
    private final Duration kept;

    Resolution(Duration slice, Duration kept) {
      this.slice = slice;
      this.kept = kept;
    }

    public Duration slice() {
      return slice;
    }

    public Duration kept() {
      return kept;
    }

    /** The begin of the slice that a moment is in. */
    public Instant floor(Instant moment) {
      long millis = moment.toEpochMilli();
      return Instant.ofEpochMilli(millis - Math.floorMod(millis, slice.toMillis()));
    }

    private int seconds() {
      return Math.toIntExact(slice.toSeconds());
    }
  }

  /**
   * What is counted of a kind and a path.
   *
   * @param accepted records that the path served
   * @param written records whose row was committed, copies and repeats included
   * @param fellBack of those accepted, those that were meant for the other path
   * @param refused records that no path took; of the path that was asked last
   * @param waiting records whose row is not committed, at the end; {@code null} when not known
   * @param oldestMillis since the acceptance of the oldest of them; {@code null} when there is
   *     none, or it is not known
   */
  public record Figures(
      long accepted,
      long written,
      long fellBack,
      long refused,
      @Nullable Long waiting,
      @Nullable Long oldestMillis) {}

  /** Of one router in one slice. */
  public record Counted(
      Resolution resolution, Instant from, Kind kind, DeliveryPath path, Figures figures) {}

  /**
   * Of all routers in one slice.
   *
   * @param routers how many counted in it
   */
  public record Summed(Instant from, Kind kind, DeliveryPath path, Figures figures, int routers) {}

  /** What can happen to a router. */
  public enum Event {
    STARTED,
    STOPPED,
    /** It leaves Redis alone. */
    BREAKER_OPENED,
    BREAKER_CLOSED,
    /** It could not keep what it counted. */
    CONTROL_LOST,
    CONTROL_FOUND
  }

  /**
   * What happened to one.
   *
   * @param detail of a start, the release; {@code null} of all else
   */
  public record Happened(Instant at, String instance, Event event, @Nullable String detail) {}

  private static final int LONGEST_DETAIL = 64;

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public RouterHistory(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
  }

  /** Keeps what a router counted, instead of what it had kept of these slices. */
  public void keep(InstanceName instance, Collection<Counted> counted, Collection<Happened> events)
      throws SQLException {
    transactions.on(
        connection -> {
          ControlTransactions.each(
              connection,
              "REPLACE INTO router_history (seconds, from_at, instance, kind, path,"
                  + " accepted, written, fell_back, refused, waiting, oldest_ms)"
                  + " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
              counted,
              (slice, one) -> bind(slice, instance, one));
          ControlTransactions.each(
              connection,
              "REPLACE INTO router_event (happened_at, instance, event, detail)"
                  + " VALUES (?,?,?,?)",
              events,
              (event, one) -> {
                event.setObject(1, utc(one.at()));
                event.setString(2, one.instance());
                event.setString(3, one.event().name());
                event.setString(4, clipped(one.detail()));
              });
          return counted.size() + events.size();
        });
  }

  private static void bind(PreparedStatement slice, InstanceName instance, Counted one)
      throws SQLException {
    Figures figures = one.figures();
    slice.setInt(1, one.resolution().seconds());
    slice.setObject(2, utc(one.from()));
    slice.setString(3, instance.text());
    slice.setString(4, one.kind().name());
    slice.setString(5, one.path().name());
    slice.setLong(6, figures.accepted());
    slice.setLong(7, figures.written());
    slice.setLong(8, figures.fellBack());
    slice.setLong(9, figures.refused());
    slice.setObject(10, figures.waiting(), Types.BIGINT);
    slice.setObject(11, figures.oldestMillis(), Types.BIGINT);
  }

  /**
   * Sums of all routers, by time; of kinds that this release knows. In a slice that is not there no
   * router counted.
   *
   * @param from of the first slice
   * @param to the first moment behind the last slice's begin
   */
  public List<Summed> sums(Resolution resolution, Instant from, Instant to) {
    return transactions.in(
        () ->
            jdbc
                .sql(
                    """
                    SELECT from_at, kind, path, SUM(accepted) AS accepted, SUM(written) AS written,
                        SUM(fell_back) AS fell_back, SUM(refused) AS refused,
                        IF(path = 'LEGACY', SUM(waiting), MAX(waiting)) AS waiting,
                        MAX(oldest_ms) AS oldest_ms, COUNT(*) AS routers
                      FROM router_history
                      WHERE seconds = ? AND from_at >= ? AND from_at < ?
                      GROUP BY from_at, kind, path ORDER BY from_at
                    """)
                .params(List.of(resolution.seconds(), utc(from), utc(to)))
                .query((row, number) -> summed(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  private static Optional<Summed> summed(ResultSet row) throws SQLException {
    Optional<Kind> kind = Kind.ofName(row.getString("kind"));
    Optional<DeliveryPath> path = constant(DeliveryPath.values(), row.getString("path"));
    if (kind.isEmpty() || path.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Summed(
            instant(row, "from_at"),
            kind.get(),
            path.get(),
            new Figures(
                row.getLong("accepted"),
                row.getLong("written"),
                row.getLong("fell_back"),
                row.getLong("refused"),
                row.getObject("waiting", Long.class),
                row.getObject("oldest_ms", Long.class)),
            row.getInt("routers")));
  }

  /** The newest of what happened, by time; of what this release knows. */
  public List<Happened> events(int most) {
    return transactions
        .in(
            () ->
                jdbc
                    .sql(
                        "SELECT * FROM router_event ORDER BY happened_at DESC, instance DESC, event"
                            + " DESC LIMIT ?")
                    .param(most)
                    .query((row, number) -> happened(row))
                    .list()
                    .stream()
                    .flatMap(Optional::stream)
                    .toList())
        .reversed();
  }

  private static Optional<Happened> happened(ResultSet row) throws SQLException {
    Instant at = instant(row, "happened_at");
    String instance = row.getString("instance");
    String detail = row.getString("detail");
    return constant(Event.values(), row.getString("event"))
        .map(event -> new Happened(at, instance, event, detail));
  }

  /**
   * Until when each router counted, of those that did after a moment: to the end of a fine slice,
   * or to the begin of a coarse one.
   */
  public Map<String, Instant> countedUntil(Instant after) {
    Map<String, Instant> until = new HashMap<>();
    transactions.run(
        () ->
            Stream.of(Resolution.values())
                .forEach(
                    resolution ->
                        jdbc.sql(
                                "SELECT instance, MAX(from_at) AS from_at FROM router_history"
                                    + " WHERE seconds = ? AND from_at >= ? GROUP BY instance")
                            .params(List.of(resolution.seconds(), utc(after)))
                            .query(
                                row -> {
                                  Instant from = instant(row, "from_at");
                                  until.merge(
                                      row.getString("instance"),
                                      resolution == Resolution.FINE
                                          ? from.plus(resolution.slice())
                                          : from,
                                      (one, other) -> one.isAfter(other) ? one : other);
                                })));
    return until;
  }

  /** Forgets some of the slices from before a moment; says how many. */
  public int forget(Resolution resolution, Instant before, int most) throws SQLException {
    return OldRows.delete(
        transactions,
        "router_history WHERE seconds = " + resolution.seconds() + " AND from_at < ?",
        before,
        most);
  }

  /** Forgets some of what happened before a moment; says how many. */
  public int forgetEvents(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "router_event WHERE happened_at < ?", before, most);
  }

  private static <E extends Enum<E>> Optional<E> constant(E[] constants, String name) {
    return Arrays.stream(constants).filter(constant -> constant.name().equals(name)).findFirst();
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }

  private static LocalDateTime utc(Instant at) {
    return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
  }

  private static @Nullable String clipped(@Nullable String text) {
    return text == null || text.length() <= LONGEST_DETAIL
        ? text
        : text.substring(0, LONGEST_DETAIL);
  }
}
