package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Rows that an output lacks or holds outdated because the mirror could not deliver its copy: the
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
   */
  public void keep(DeliveryPath path, Collection<? extends AcceptedRecord> records)
      throws SQLException {
    List<RecordId> ids = new ArrayList<>();
    records.forEach(accepted -> ids.addAll(OutputTables.rowIds(accepted)));
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

  /** Which of these rows the path was never sent. */
  public Set<RecordId> among(DeliveryPath path, Collection<RecordId> ids) throws SQLException {
    return ControlIds.among(
        control, "SELECT id FROM dropped_mirror WHERE path = ? AND id", path.name(), ids);
  }
}
