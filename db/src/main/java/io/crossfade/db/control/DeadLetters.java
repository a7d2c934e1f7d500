package io.crossfade.db.control;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordId;
import io.crossfade.db.SqlFaults;
import io.crossfade.db.control.LetterQuota.NoRoom;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** What no output could take, kept in the control schema with the reason. */
public final class DeadLetters {

  /** Where a letter died. */
  public enum Source {
    INTAKE,
    LEGACY,
    STREAM;

    /** For metrics and paths. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

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
      digest.update((byte) kind.code());
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

  /** Assignments run left to right: the state last, which the others ask. */
  private static final String AGAIN =
      " last_at = CURRENT_TIMESTAMP(3),"
          + " closed_at = IF(state = 'DISCARDED', closed_at, NULL),"
          + " closed_by = IF(state = 'DISCARDED', closed_by, NULL),"
          + " closed_because = IF(state = 'DISCARDED', closed_because, NULL),"
          + " state = IF(state = 'DISCARDED', state, 'OPEN')";

  /** Bytes; a database that takes no more takes no letters. */
  private static final int LEAST_BODY = 1_024;

  private final ControlTransactions transactions;
  private final LetterQuota quota;

  /** Without a quota. */
  public DeadLetters(DataSource dataSource) {
    this(
        dataSource,
        new LetterQuota(
            new LetterSettings(
                Integer.MAX_VALUE, DataSize.ofTerabytes(1), DataSize.ofMegabytes(64)),
            InstantSource.system(),
            new SimpleMeterRegistry()));
  }

  public DeadLetters(DataSource dataSource, LetterQuota quota) {
    this.transactions = new ControlTransactions(dataSource);
    this.quota = quota;
  }

  /**
   * Keeps all letters that the quota has room for or, when it throws, none. One by one, and one
   * that is too large for the database is clipped: what died because it was too large must not be
   * so for its own letter. A record that there is no room for is noted as lost, and why; an item
   * that never was one is counted.
   *
   * @return how many were kept
   */
  public int keep(List<Letter> letters) throws SQLException {
    List<Letter> asked = new ArrayList<>();
    List<Letter> overMinute = new ArrayList<>();
    for (Letter letter : letters) {
      if (quota.takeOfMinute(letter)) {
        asked.add(quota.clip(letter));
      } else {
        overMinute.add(letter);
      }
    }
    List<Letter> dropped = asked.isEmpty() ? List.of() : keepOrGiveBack(asked);
    overMinute.forEach(letter -> quota.dropped(letter, NoRoom.PER_MINUTE));
    dropped.forEach(letter -> quota.dropped(letter, NoRoom.TOTAL));
    return asked.size() - dropped.size();
  }

  /**
   * Letters that were not kept take nothing of the quota: whoever is told so comes again with the
   * same ones, and would find it used up by none.
   *
   * @return those that the quota has no room for
   */
  private List<Letter> keepOrGiveBack(List<Letter> asked) throws SQLException {
    List<Letter> fitting = new ArrayList<>();
    boolean kept = false;
    try {
      for (Source source : asked.stream().map(Letter::source).collect(Collectors.toSet())) {
        quota.look(transactions, source);
      }
      // Taken of the quota once, however often the transaction has to be made.
      List<Letter> withoutRoom = new ArrayList<>();
      for (Letter letter : asked) {
        (quota.takeOfTotal(letter) ? fitting : withoutRoom).add(letter);
      }
      List<Letter> dropped = transactions.on(connection -> keep(connection, fitting, withoutRoom));
      kept = true;
      return dropped;
    } finally {
      if (!kept) {
        asked.forEach(quota::giveBackOfMinute);
        fitting.forEach(quota::giveBackOfTotal);
      }
    }
  }

  /**
   * Keeps letters, and of those without room what takes none.
   *
   * @return the others, whose records are noted as lost
   */
  private static List<Letter> keep(
      Connection connection, List<Letter> fitting, List<Letter> withoutRoom) throws SQLException {
    for (Letter letter : fitting) {
      insertClipped(connection, letter);
    }
    List<Letter> dropped = new ArrayList<>();
    for (Letter letter : withoutRoom) {
      if (!dieAgain(connection, letter, letter.reason(), letter.attempts())) {
        dropped.add(letter);
      }
    }
    LostRecords.keepForWantOfRoom(connection, dropped);
    return dropped;
  }

  /** How many letters nobody has dealt with. */
  public long count() throws SQLException {
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement(
                      "SELECT COUNT(*) FROM dead_letter WHERE state = 'OPEN'");
              ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
          }
        });
  }

  /** Which of these records lie in the dead letters of a source; one that was redriven does not. */
  public Set<RecordId> among(Source source, Collection<RecordId> ids) throws SQLException {
    return ControlIds.among(
        transactions,
        "SELECT dead_key FROM dead_letter WHERE state <> 'REDRIVEN' AND source = ? AND dead_key",
        source.name(),
        ids);
  }

  private static void insertClipped(Connection connection, Letter letter) throws SQLException {
    Letter clipped = letter;
    while (true) {
      try {
        insert(connection, clipped);
        return;
      } catch (SQLException e) {
        if (!SqlFaults.isTooLarge(e) || clipped.body().length < LEAST_BODY) {
          throw e;
        }
        clipped = letter.clippedTo(clipped.body().length / 2);
      }
    }
  }

  /**
   * A letter that was kept before takes no more room, and is open again unless it was discarded.
   *
   * @return whether it was
   */
  static boolean dieAgain(Connection connection, Letter letter, String reason, int attempts)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE dead_letter SET attempts = attempts + ?, reason = ?,"
                + AGAIN
                + " WHERE source = ? AND dead_key = ?")) {
      statement.setInt(1, attempts);
      statement.setString(2, clip(reason));
      statement.setString(3, letter.source().name());
      statement.setBytes(4, letter.key().bytes());
      return statement.executeUpdate() > 0;
    }
  }

  private static void insert(Connection connection, Letter letter) throws SQLException {
    String sql =
        "INSERT INTO dead_letter (source, dead_key, kind, reason, attempts, body, body_format,"
            + " first_at) VALUES (?,?,?,?,?,?,?,COALESCE(?,CURRENT_TIMESTAMP(3)))"
            + " ON DUPLICATE KEY UPDATE attempts = attempts + VALUES(attempts),"
            + " reason = VALUES(reason),"
            + AGAIN;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, letter.source().name());
      statement.setBytes(2, letter.key().bytes());
      statement.setString(3, letter.kind().name());
      statement.setString(4, clip(letter.reason()));
      statement.setInt(5, letter.attempts());
      statement.setBytes(6, letter.body());
      statement.setString(7, letter.format().name().toLowerCase(Locale.ROOT));
      Instant diedAt = letter.diedAt();
      statement.setObject(
          8, diedAt == null ? null : LocalDateTime.ofInstant(diedAt, ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }

  private static String clip(String reason) {
    return reason.length() <= REASON_LENGTH ? reason : reason.substring(0, REASON_LENGTH);
  }
}
