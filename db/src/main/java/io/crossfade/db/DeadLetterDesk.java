package io.crossfade.db;

import io.crossfade.db.DeadLetters.BodyFormat;
import io.crossfade.db.DeadLetters.Letter;
import io.crossfade.db.DeadLetters.Source;
import java.sql.Connection;
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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where people look at the dead letters and deal with them. */
public final class DeadLetterDesk {

  private static final String SELECT =
      "SELECT source, dead_key, kind, reason, attempts, body, body_format, first_at, last_at,"
          + " state, closed_at, closed_by, closed_because FROM dead_letter WHERE ";

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
   * @param closed {@code null} while it is open
   */
  public record Kept(
      Letter letter, Instant firstAt, Instant lastAt, State state, @Nullable Closed closed) {}

  /** Which letters. What is {@code null} matches everything. */
  public record Filter(@Nullable Source source, @Nullable Kind kind, @Nullable State state) {}

  private final DataSource control;

  public DeadLetterDesk(DataSource control) {
    this.control = control;
  }

  /**
   * The newest letters.
   *
   * @param offset how many newer ones to leave out
   */
  public List<Kept> newest(Filter filter, int limit, int offset) throws SQLException {
    StringBuilder sql = new StringBuilder(SELECT).append("1 = 1");
    List<Object> values = new ArrayList<>();
    if (filter.source() != null) {
      sql.append(" AND source = ?");
      values.add(filter.source().name());
    }
    if (filter.kind() != null) {
      sql.append(" AND kind = ?");
      values.add(filter.kind().name());
    }
    if (filter.state() != null) {
      sql.append(" AND state = ?");
      values.add(filter.state().name());
    }
    values.add(limit);
    values.add(offset);
    return query(sql + " ORDER BY last_at DESC, dead_key LIMIT ? OFFSET ?", values);
  }

  public Optional<Kept> find(Source source, RecordId key) throws SQLException {
    return query(SELECT + "source = ? AND dead_key = ?", List.of(source.name(), key.bytes()))
        .stream()
        .findFirst();
  }

  /** Notes that a letter died once more, of what. */
  public void diedAgain(Letter letter, String reason) throws SQLException {
    new DeadLetters(control)
        .keep(
            List.of(
                new Letter(
                    letter.source(),
                    letter.key(),
                    letter.kind(),
                    reason,
                    1,
                    letter.format(),
                    letter.body(),
                    letter.diedAt())));
  }

  /**
   * Closes an open letter.
   *
   * @return whether it was open
   */
  public boolean close(Letter letter, State state, String by, String because) throws SQLException {
    try (Connection connection = control.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "UPDATE dead_letter SET state = ?, closed_at = CURRENT_TIMESTAMP(3), closed_by = ?,"
                    + " closed_because = ? WHERE source = ? AND dead_key = ? AND state = 'OPEN'")) {
      statement.setString(1, state.name());
      statement.setString(2, by);
      statement.setString(3, because);
      statement.setString(4, letter.source().name());
      statement.setBytes(5, letter.key().bytes());
      int closed = statement.executeUpdate();
      connection.commit();
      return closed == 1;
    }
  }

  private List<Kept> query(String sql, List<Object> values) throws SQLException {
    try (Connection connection = control.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      List<Kept> letters = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          letters.add(read(row));
        }
      }
      connection.commit();
      return letters;
    }
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
