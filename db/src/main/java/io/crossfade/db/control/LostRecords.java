package io.crossfade.db.control;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Records that a path accepted and that never reached its output, by name. */
public final class LostRecords {

  /**
   * The end of a router that had records in memory.
   *
   * @param lastAlive its last sign of life
   * @param found when another one found it gone
   */
  public record Death(Instant lastAlive, Instant found) {}

  /**
   * One of them.
   *
   * @param path the one that had accepted it
   * @param instance the router that had accepted it
   * @param death what it may have died with; {@code null} while its router lives, and when the
   *     router had reported it as written
   */
  public record Lost(
      RecordId id,
      Kind kind,
      DeliveryPath path,
      long stamp,
      String instance,
      @Nullable Death death) {}

  /** What is known of how a record was lost. */
  public enum How {
    /** Nothing: its path took it, and it is nowhere. */
    UNKNOWN,
    /** With the memory of a router that died. */
    IN_MEMORY,
    /** Its output refused it, and the quota of the dead letters had no room for it. */
    LETTER_OVER_QUOTA
  }

  /** A record that both paths lost is one. */
  static final String FOUND_LATELY =
      "SELECT COUNT(*) FROM (SELECT DISTINCT id FROM lost_record WHERE kind = ? AND found_at >"
          + " CURRENT_TIMESTAMP(3) - INTERVAL 24 HOUR LIMIT ?) some";

  private final ControlTransactions transactions;

  public LostRecords(DataSource control) {
    this.transactions = new ControlTransactions(control).forLongQuestions();
  }

  /** Keeps them in the caller's transaction; one that is known stays as it is. */
  public static void keep(Connection connection, List<Lost> lost) throws SQLException {
    ControlTransactions.each(
        connection,
        "INSERT IGNORE INTO lost_record (id, path, kind, stamp, accepted_at, instance,"
            + " last_alive, death_found) VALUES (?,?,?,?,?,?,?,?)",
        lost,
        (statement, one) -> {
          Death death = one.death();
          statement.setBytes(1, one.id().bytes());
          statement.setString(2, one.path().name());
          statement.setString(3, one.kind().name());
          statement.setLong(4, one.stamp());
          statement.setTimestamp(5, Timestamp.from(AcceptanceStamp.instantOf(one.stamp())));
          statement.setString(6, one.instance());
          statement.setTimestamp(7, death == null ? null : Timestamp.from(death.lastAlive()));
          statement.setTimestamp(8, death == null ? null : Timestamp.from(death.found()));
        });
  }

  /**
   * Keeps, in the caller's transaction, records whose letters there was no room for: the accounts
   * would find them lost, and not why.
   *
   * @param letters those that are of no record are left out
   */
  static void keepForWantOfRoom(Connection connection, List<Letter> letters) throws SQLException {
    Map<Letter, Acceptance> ofRecords = new LinkedHashMap<>();
    for (Letter letter : letters) {
      Acceptance acceptance = acceptance(letter);
      if (acceptance != null) {
        ofRecords.put(letter, acceptance);
      }
    }
    ControlTransactions.each(
        connection,
        "INSERT INTO lost_record (id, path, kind, stamp, accepted_at, instance, because)"
            + " VALUES (?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE because = VALUES(because)",
        ofRecords.entrySet(),
        (statement, one) -> {
          Letter letter = one.getKey();
          Acceptance acceptance = one.getValue();
          statement.setBytes(1, acceptance.id().bytes());
          statement.setString(
              2,
              (letter.source() == Source.LEGACY ? DeliveryPath.LEGACY : DeliveryPath.STREAM)
                  .name());
          statement.setString(3, letter.kind().name());
          statement.setLong(4, acceptance.stamp());
          statement.setTimestamp(5, Timestamp.from(AcceptanceStamp.instantOf(acceptance.stamp())));
          statement.setString(6, "");
          statement.setString(7, How.LETTER_OVER_QUOTA.name());
        });
  }

  private static @Nullable Acceptance acceptance(Letter letter) {
    return letter.format() == DeadLetters.BodyFormat.ENTRY
        ? RecordCodec.beginning(letter.body()).orElse(null)
        : null;
  }

  /** Which of these records the path lost, and how. */
  public Map<RecordId, How> among(DeliveryPath path, Collection<RecordId> ids) throws SQLException {
    if (ids.isEmpty()) {
      return Map.of();
    }
    String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
    return transactions.on(
        connection -> {
          Map<RecordId, How> found = new HashMap<>();
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT id, death_found IS NOT NULL, because FROM lost_record WHERE path = ? AND"
                      + " id IN ("
                      + marks
                      + ")")) {
            statement.setString(1, path.name());
            int next = 2;
            for (RecordId id : ids) {
              statement.setBytes(next++, id.bytes());
            }
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                found.put(RecordId.of(row.getBytes(1)), how(row.getBoolean(2), row.getString(3)));
              }
            }
          }
          return found;
        });
  }

  /**
   * How many records of each kind were found lost in the last 24 hours, by the database's clock.
   *
   * @param most of a kind that are counted: so many are so many or more
   */
  public Map<Kind, Integer> foundLately(int most) throws SQLException {
    return transactions.on(
        connection -> {
          Map<Kind, Integer> found = new TreeMap<>();
          // Each by itself: of one kind there may be so many that a limit leaves the others out.
          for (Kind kind : Kind.values()) {
            try (PreparedStatement statement = connection.prepareStatement(FOUND_LATELY)) {
              statement.setString(1, kind.name());
              statement.setInt(2, most);
              try (ResultSet row = statement.executeQuery()) {
                row.next();
                found.put(kind, row.getInt(1));
              }
            }
          }
          return found;
        });
  }

  /** Forgets some of those that were accepted before a moment; says how many. */
  public int forget(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "lost_record WHERE accepted_at < ?", before, most);
  }

  private static How how(boolean died, @Nullable String because) {
    if (because != null) {
      return How.valueOf(because);
    }
    return died ? How.IN_MEMORY : How.UNKNOWN;
  }

  /**
   * Records of a kind that were accepted in {@code [from, to)} and lost, in the order of their ids,
   * with the paths that lost them.
   *
   * @param after where to go on; {@code null} at the beginning
   */
  public Map<RecordId, Set<DeliveryPath>> between(
      Kind kind, Instant from, Instant to, @Nullable RecordId after, int limit)
      throws SQLException {
    return transactions.on(
        connection -> {
          Map<RecordId, Set<DeliveryPath>> lost = new LinkedHashMap<>();
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT id, GROUP_CONCAT(path) FROM lost_record WHERE kind = ?"
                      + " AND accepted_at >= ? AND accepted_at < ? AND id > ?"
                      + " GROUP BY id ORDER BY id LIMIT ?")) {
            statement.setString(1, kind.name());
            statement.setObject(2, LocalDateTime.ofInstant(from, ZoneOffset.UTC));
            statement.setObject(3, LocalDateTime.ofInstant(to, ZoneOffset.UTC));
            statement.setBytes(4, after == null ? new byte[0] : after.bytes());
            statement.setInt(5, limit);
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                Set<DeliveryPath> paths = EnumSet.noneOf(DeliveryPath.class);
                for (String path : row.getString(2).split(",", -1)) {
                  paths.add(DeliveryPath.valueOf(path));
                }
                lost.put(RecordId.of(row.getBytes(1)), paths);
              }
            }
          }
          return lost;
        });
  }
}
