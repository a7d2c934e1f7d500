package io.crossfade.db.control;

import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where people look at the dead letters and deal with them. */
public final class DeadLetterDesk {

  /** Of a letter's body that is read with many others, bytes. */
  public static final int BEGINNING = 1_024;

  /** A record can be shown only as a whole; a longer one by its beginning, bytes. */
  private static final int WHOLE_ENTRY = 8 * BEGINNING;

  private static final String COLUMNS =
      "source, dead_key, kind, reason, attempts, body_format, first_at, last_at, state, closed_at,"
          + " closed_by, closed_because, body_bytes, ";

  private static final String ONE = "SELECT " + COLUMNS + "body FROM dead_letter WHERE ";

  private static final String MANY =
      "SELECT "
          + COLUMNS
          + "IF(body_format = 'entry' AND body_bytes <= %d, body, LEFT(body, %d)) AS body FROM dead_letter WHERE "
              .formatted(WHOLE_ENTRY, BEGINNING);

  /** What has become of a letter. */
  public enum State {
    /** Nobody has dealt with it. */
    OPEN,
    /** Its record was written after all; when it dies again, it is open again. */
    REDRIVEN,
    /** Somebody gave it up, for good: the same entry may come again from a stream. */
    DISCARDED
  }

  /** Who dealt with a letter. */
  public record Closed(Instant at, String by, String because) {}

  /**
   * A letter as it is kept.
   *
   * @param letter with the beginning of its body, or all of it
   * @param bytes of its whole body
   * @param closed {@code null} while it is open
   */
  public record Kept(
      Letter letter,
      long bytes,
      Instant firstAt,
      Instant lastAt,
      State state,
      @Nullable Closed closed) {

    /** Where it stands among all letters. */
    public Place place() {
      return new Place(lastAt, letter.source(), letter.key());
    }
  }

  /** Where a letter stands: newer ones before it, older ones after. */
  public record Place(Instant lastAt, Source source, RecordId key) {

    /** Reads what {@link #toString} writes. */
    public static Optional<Place> parse(String text) {
      String[] parts = text.split("~", -1);
      try {
        return parts.length == 3
            ? Optional.of(
                new Place(
                    Instant.ofEpochMilli(Long.parseLong(parts[0])),
                    Source.valueOf(parts[1].toUpperCase(Locale.ROOT)),
                    RecordId.parse(parts[2])))
            : Optional.empty();
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return "%d~%s~%s".formatted(lastAt.toEpochMilli(), source.label(), key);
    }
  }

  /**
   * Which letters. What is {@code null} matches everything.
   *
   * @param reason the whole of it
   */
  public record Filter(
      @Nullable Source source,
      @Nullable Kind kind,
      @Nullable State state,
      @Nullable String reason) {}

  /**
   * Open letters that were given up at once.
   *
   * @param letters how many
   * @param act in the audit; {@code null} for none
   */
  public record GivenUp(int letters, @Nullable Long act) {}

  private final ControlTransactions transactions;
  private final AuditLog audit;

  public DeadLetterDesk(DataSource control) {
    this.transactions = new ControlTransactions(control).forLongQuestions();
    this.audit = new AuditLog(control);
  }

  /**
   * The newest letters, of each the beginning of its body.
   *
   * @param after only those that stand after this one; {@code null} for the very newest
   */
  public List<Kept> newest(Filter filter, int limit, @Nullable Place after) throws SQLException {
    List<Object> values = new ArrayList<>();
    StringBuilder sql = new StringBuilder(MANY).append(where(filter, values));
    if (after != null) {
      sql.append(
          " AND last_at <= ? AND (last_at < ? OR source > ? OR (source = ? AND dead_key > ?))");
      LocalDateTime lastAt = LocalDateTime.ofInstant(after.lastAt(), ZoneOffset.UTC);
      String source = after.source().name();
      values.addAll(List.of(lastAt, lastAt, source, source, after.key().bytes()));
    }
    values.add(limit);
    return query(sql + " ORDER BY last_at DESC, source, dead_key LIMIT ?", values);
  }

  /**
   * How many letters of a source are open, of the kinds of this process.
   *
   * @param most counted: a person deals with a thousand as with ten thousand
   */
  public int open(Source source, int most) throws SQLException {
    List<Object> values = new ArrayList<>();
    String where = where(new Filter(source, null, State.OPEN, null), values);
    values.add(most);
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT COUNT(*) FROM (SELECT 1 FROM dead_letter WHERE "
                      + where
                      + " LIMIT ?) some")) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
              return row.next() ? row.getInt(1) : 0;
            }
          }
        });
  }

  /**
   * Letters that died alike.
   *
   * @param letters how many
   * @param firstAt when the first of them died first
   * @param lastAt when the last of them died last
   */
  public record Alike(
      Source source,
      Kind kind,
      String reason,
      State state,
      long letters,
      Instant firstAt,
      Instant lastAt) {}

  /** Of what letters died, most letters first. */
  public List<Alike> alike(Filter filter, int limit) throws SQLException {
    List<Object> values = new ArrayList<>();
    String where = where(filter, values);
    values.add(limit);
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT source, kind, reason, state, COUNT(*), MIN(first_at), MAX(last_at) FROM"
                      + " dead_letter WHERE "
                      + where
                      + " GROUP BY source, kind, reason, state ORDER BY COUNT(*) DESC, source,"
                      + " kind, reason, state LIMIT ?")) {
            bind(statement, values);
            List<Alike> alike = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                alike.add(
                    new Alike(
                        Source.valueOf(row.getString(1)),
                        Kind.valueOf(row.getString(2)),
                        row.getString(3),
                        State.valueOf(row.getString(4)),
                        row.getLong(5),
                        instant(row.getObject(6, LocalDateTime.class)),
                        instant(row.getObject(7, LocalDateTime.class))));
              }
            }
            return alike;
          }
        });
  }

  private static String where(Filter filter, List<Object> values) {
    Set<Kind> kinds = filter.kind() == null ? Kind.all() : Set.of(filter.kind());
    // Letters of other kinds are for the processes that have them.
    StringBuilder sql =
        new StringBuilder(
            kinds.stream().map(kind -> "?").collect(Collectors.joining(",", "kind IN (", ")")));
    kinds.forEach(kind -> values.add(kind.name()));
    Source source = filter.source();
    State state = filter.state();
    String reason = filter.reason();
    if (source != null) {
      sql.append(" AND source = ?");
      values.add(source.name());
    }
    if (state != null) {
      sql.append(" AND state = ?");
      values.add(state.name());
    }
    if (reason != null) {
      sql.append(" AND reason = ?");
      values.add(reason);
    }
    return sql.toString();
  }

  /** One letter with all of its body. */
  public Optional<Kept> find(Source source, RecordId key) throws SQLException {
    return query(ONE + "source = ? AND dead_key = ?", List.of(source.name(), key.bytes())).stream()
        .findFirst();
  }

  /** Notes that a letter died once more, of what. */
  public void diedAgain(Letter letter, String reason) throws SQLException {
    transactions.on(connection -> DeadLetters.dieAgain(connection, letter, reason, 1));
  }

  /**
   * Gives up open letters, the oldest first.
   *
   * @param filter which of the open ones; its state is not asked
   * @param most at once
   * @return what was done
   */
  public GivenUp discard(Filter filter, int most, String by, String because) throws SQLException {
    List<Object> values = new ArrayList<>(List.of(by, because));
    String where =
        where(new Filter(filter.source(), filter.kind(), State.OPEN, filter.reason()), values);
    values.add(most);
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "UPDATE dead_letter SET state = 'DISCARDED', closed_at = CURRENT_TIMESTAMP(3),"
                      + " closed_by = ?, closed_because = ? WHERE "
                      + where
                      + " ORDER BY last_at LIMIT ?")) {
            bind(statement, values);
            int discarded = statement.executeUpdate();
            Long act = null;
            if (discarded > 0) {
              Source source = filter.source();
              act =
                  audit.keep(
                      Act.of(by, Action.DISCARD)
                          .ofKind(filter.kind())
                          .on("%d letters".formatted(discarded))
                          .detail(
                              "%s, died of: %s"
                                  .formatted(
                                      source == null ? "any source" : source.label(),
                                      filter.reason() == null ? "anything" : filter.reason()))
                          .because(because));
            }
            return new GivenUp(discarded, act);
          }
        });
  }

  private static void bind(PreparedStatement statement, List<Object> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
  }

  /** Forgets some of the letters that were closed before a moment and did not die again since. */
  public int forgetClosed(Instant before, int most) throws SQLException {
    return OldRows.delete(
        transactions,
        "dead_letter WHERE state <> 'OPEN' AND closed_at < ? AND last_at < closed_at",
        before,
        most);
  }

  /**
   * Closes an open letter.
   *
   * @return the act in the audit; empty when the letter was not open
   */
  public Optional<Long> close(Letter letter, State state, String by, String because)
      throws SQLException {
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "UPDATE dead_letter SET state = ?, closed_at = CURRENT_TIMESTAMP(3), closed_by ="
                      + " ?, closed_because = ? WHERE source = ? AND dead_key = ? AND state ="
                      + " 'OPEN'")) {
            statement.setString(1, state.name());
            statement.setString(2, by);
            statement.setString(3, because);
            statement.setString(4, letter.source().name());
            statement.setBytes(5, letter.key().bytes());
            if (statement.executeUpdate() == 0) {
              return Optional.empty();
            }
            Act act = Act.of(by, state == State.REDRIVEN ? Action.REDRIVE : Action.DISCARD);
            return Optional.of(
                audit.keep(
                    act.ofKind(letter.kind())
                        .on("%s/%s".formatted(letter.source().label(), letter.key()))
                        .detail(letter.reason())
                        .because(because)));
          }
        });
  }

  private List<Kept> query(String sql, List<Object> values) throws SQLException {
    return transactions.on(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            List<Kept> letters = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                if (Kind.ofName(row.getString("kind")).isPresent()) {
                  letters.add(read(row));
                }
              }
            }
            return letters;
          }
        });
  }

  private static Kept read(ResultSet row) throws SQLException {
    Letter letter =
        new Letter(
            Source.valueOf(row.getString("source")),
            RecordId.of(row.getBytes("dead_key")),
            Kind.valueOf(row.getString("kind")),
            row.getString("reason"),
            row.getInt("attempts"),
            BodyFormat.valueOf(row.getString("body_format").toUpperCase(Locale.ROOT)),
            row.getBytes("body"),
            instant(row.getObject("first_at", LocalDateTime.class)));
    LocalDateTime closedAt = row.getObject("closed_at", LocalDateTime.class);
    return new Kept(
        letter,
        row.getLong("body_bytes"),
        Objects.requireNonNull(letter.diedAt()),
        instant(row.getObject("last_at", LocalDateTime.class)),
        State.valueOf(row.getString("state")),
        closedAt == null
            ? null
            : new Closed(
                instant(closedAt), row.getString("closed_by"), row.getString("closed_because")));
  }

  private static Instant instant(LocalDateTime utc) {
    return utc.toInstant(ZoneOffset.UTC);
  }
}
