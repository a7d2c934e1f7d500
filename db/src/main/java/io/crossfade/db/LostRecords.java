package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** Records that a path accepted and that never reached its output, by name. */
public final class LostRecords {

  /**
   * One of them.
   *
   * @param path the one that had accepted it
   * @param instance the router that had accepted it
   */
  public record Lost(RecordId id, Kind kind, DeliveryPath path, long stamp, String instance) {}

  private final DataSource control;

  public LostRecords(DataSource control) {
    this.control = control;
  }

  /** Keeps them in the caller's transaction; one that is known stays as it is. */
  public static void keep(Connection connection, List<Lost> lost) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT IGNORE INTO lost_record (id, path, kind, stamp, accepted_at, instance)"
                + " VALUES (?,?,?,?,?,?)")) {
      for (Lost one : lost) {
        statement.setBytes(1, one.id().bytes());
        statement.setString(2, one.path().name());
        statement.setString(3, one.kind().name());
        statement.setLong(4, one.stamp());
        statement.setTimestamp(5, Timestamp.from(AcceptanceStamp.instantOf(one.stamp())));
        statement.setString(6, one.instance());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Which of these records the path lost. */
  public Set<RecordId> among(DeliveryPath path, Collection<RecordId> ids) throws SQLException {
    return ControlIds.among(
        control, "SELECT id FROM lost_record WHERE path = ? AND id", path.name(), ids);
  }
}
