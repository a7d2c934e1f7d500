package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Records of which an output lacks the copy, because the mirror could not deliver it: the
 * explanation of a difference, kept in the control schema.
 */
public final class DroppedMirrors {

  private static final int ROWS_PER_STATEMENT = 500;

  private final DataSource control;

  public DroppedMirrors(DataSource control) {
    this.control = control;
  }

  /**
   * Keeps the copies that a path did not take, all or none.
   *
   * @param path the one that has no copy
   * @param records ids of the records
   */
  public void keep(DeliveryPath path, Collection<RecordId> records) throws SQLException {
    List<RecordId> ids = List.copyOf(records);
    try (Connection connection = control.getConnection()) {
      for (int from = 0; from < ids.size(); from += ROWS_PER_STATEMENT) {
        List<RecordId> some = ids.subList(from, Math.min(ids.size(), from + ROWS_PER_STATEMENT));
        String marks = String.join(",", Collections.nCopies(some.size(), "(?,?)"));
        try (PreparedStatement statement =
            connection.prepareStatement(
                "INSERT IGNORE INTO dropped_mirror (id, path) VALUES " + marks)) {
          int parameter = 1;
          for (RecordId id : some) {
            statement.setBytes(parameter++, id.bytes());
            statement.setString(parameter++, path.name());
          }
          statement.executeUpdate();
        }
      }
      connection.commit();
    }
  }

  /** Which of these records the path did not take a copy of. */
  public Set<RecordId> among(DeliveryPath path, Collection<RecordId> ids) throws SQLException {
    return ControlIds.among(
        control, "SELECT id FROM dropped_mirror WHERE path = ? AND id", path.name(), ids);
  }
}
