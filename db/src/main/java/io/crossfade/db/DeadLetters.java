package io.crossfade.db;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What no output could take, kept in the control schema with the reason. */
public final class DeadLetters {

  /** Where a letter died. */
  public enum Source {
    INTAKE,
    LEGACY,
    STREAM;

    /** In the hands of a path. */
    public static Source of(DeliveryPath path) {
      return path == DeliveryPath.LEGACY ? LEGACY : STREAM;
    }
  }

  /** How a letter's body is written. */
  public enum BodyFormat {
    /** The item as the device sent it. */
    JSON,
    /** The record as {@link RecordCodec} writes it. */
    ENTRY
  }

  /**
   * One letter. A letter with the same source and key is the same letter: its attempts add up. One
   * that somebody discarded stays discarded; one that was redriven and dies again is open again.
   *
   * @param key 16 bytes: the record id, or a hash of the body when there is no record
   * @param reason at most 255 characters are kept
   * @param diedAt when it died first; {@code null} for now, by the database's clock
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Letter(
      Source source,
      RecordId key,
      Kind kind,
      String reason,
      int attempts,
      BodyFormat format,
      byte[] body,
      @Nullable Instant diedAt) {

    /** A letter of something that died now. */
    public Letter(
        Source source,
        RecordId key,
        Kind kind,
        String reason,
        int attempts,
        BodyFormat format,
        byte[] body) {
      this(source, key, kind, reason, attempts, format, body, null);
    }

    /** A letter whose body was never a record; the key is a hash of kind and body. */
    public static Letter unreadable(
        Source source, Kind kind, String reason, int attempts, BodyFormat format, byte[] body) {
      var digest = RecordId.sha256();
      digest.update((byte) kind.ordinal());
      ByteBuffer hash = ByteBuffer.wrap(digest.digest(body));
      RecordId key = new RecordId(hash.getLong(), hash.getLong());
      return new Letter(source, key, kind, reason, attempts, format, body);
    }

    /** The same with the beginning of its body, which its reason then says. */
    Letter clippedTo(int length) {
      return new Letter(
          source,
          key,
          kind,
          "%d of %d bytes kept: %s".formatted(length, body.length, reason),
          attempts,
          format,
          Arrays.copyOf(body, length),
          diedAt);
    }

    /** A letter about a record that its output refused. */
    public static Letter rejected(Source source, Output.Rejection rejection, int attempts) {
      AcceptedRecord rejected = rejection.rejected();
      return new Letter(
          source,
          rejected.acceptance().id(),
          rejected.kind(),
          rejection.reason(),
          attempts,
          BodyFormat.ENTRY,
          RecordCodec.encode(rejected));
    }

    /** The same, which died first at a moment that its body needs to be read as it was meant. */
    public Letter at(Instant moment) {
      return new Letter(source, key, kind, reason, attempts, format, body, moment);
    }
  }

  private static final int REASON_LENGTH = 255;
  private static final int PARAMETERS = 8;

  /** Bytes; a database that takes no more takes no letters. */
  private static final int LEAST_BODY = 1_024;

  private final DataSource dataSource;

  public DeadLetters(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Keeps all letters or, when it throws, none. One by one, and one that is too large for the
   * database is clipped: what died because it was too large must not be so for its own letter.
   */
  public void keep(List<Letter> letters) throws SQLException {
    if (letters.isEmpty()) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      try {
        for (Letter letter : letters) {
          insertClipped(connection, letter);
        }
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /** How many letters nobody has dealt with. */
  public long count() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT COUNT(*) FROM dead_letter WHERE state = 'OPEN'");
        ResultSet result = statement.executeQuery()) {
      result.next();
      long count = result.getLong(1);
      connection.commit();
      return count;
    }
  }

  /** Which of these records lie in the dead letters of a source; one that was redriven does not. */
  public Set<RecordId> among(Source source, Collection<RecordId> ids) throws SQLException {
    return ControlIds.among(
        dataSource,
        "SELECT dead_key FROM dead_letter WHERE state <> 'REDRIVEN' AND source = ? AND dead_key",
        source.name(),
        ids);
  }

  private static void insertClipped(Connection connection, Letter letter) throws SQLException {
    Letter clipped = letter;
    while (true) {
      try {
        insert(connection, List.of(clipped));
        return;
      } catch (SQLException e) {
        if (!SqlFaults.isTooLarge(e) || clipped.body().length < LEAST_BODY) {
          throw e;
        }
        clipped = letter.clippedTo(clipped.body().length / 2);
      }
    }
  }

  private static void insert(Connection connection, List<Letter> letters) throws SQLException {
    String marks =
        String.join(
            ",",
            Collections.nCopies(
                letters.size(), "(?,?,?,?,?,?,?,COALESCE(?,CURRENT_TIMESTAMP(3)))"));
    String sql =
        "INSERT INTO dead_letter (source, dead_key, kind, reason, attempts, body, body_format,"
            + " first_at) VALUES "
            + marks
            + " ON DUPLICATE KEY UPDATE attempts = attempts + VALUES(attempts),"
            + " reason = VALUES(reason), last_at = CURRENT_TIMESTAMP(3),"
            // Assignments run left to right: the state last, which the others ask.
            + " closed_at = IF(state = 'DISCARDED', closed_at, NULL),"
            + " closed_by = IF(state = 'DISCARDED', closed_by, NULL),"
            + " closed_because = IF(state = 'DISCARDED', closed_because, NULL),"
            + " state = IF(state = 'DISCARDED', state, 'OPEN')";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (Letter letter : letters) {
        statement.setString(parameter, letter.source().name());
        statement.setBytes(parameter + 1, letter.key().bytes());
        statement.setString(parameter + 2, letter.kind().name());
        statement.setString(parameter + 3, clip(letter.reason()));
        statement.setInt(parameter + 4, letter.attempts());
        statement.setBytes(parameter + 5, letter.body());
        statement.setString(parameter + 6, letter.format().name().toLowerCase(Locale.ROOT));
        Instant diedAt = letter.diedAt();
        statement.setObject(
            parameter + 7, diedAt == null ? null : LocalDateTime.ofInstant(diedAt, ZoneOffset.UTC));
        parameter += PARAMETERS;
      }
      statement.executeUpdate();
    }
  }

  private static String clip(String reason) {
    return reason.length() <= REASON_LENGTH ? reason : reason.substring(0, REASON_LENGTH);
  }
}
