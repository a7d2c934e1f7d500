package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;

/** Looks up ids in tables of the control schema. */
final class ControlIds {

  private ControlIds() {}

  /**
   * Which of these ids a table has.
   *
   * @param select a query of ids that ends with the column of ids, and has one parameter before it
   */
  static Set<RecordId> among(
      DataSource control, String select, String parameter, Collection<RecordId> ids)
      throws SQLException {
    if (ids.isEmpty()) {
      return Set.of();
    }
    String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
    try (Connection connection = control.getConnection();
        PreparedStatement statement = connection.prepareStatement(select + " IN (" + marks + ")")) {
      statement.setString(1, parameter);
      int next = 2;
      for (RecordId id : ids) {
        statement.setBytes(next++, id.bytes());
      }
      Set<RecordId> found = new HashSet<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          found.add(RecordId.of(result.getBytes(1)));
        }
      }
      connection.commit();
      return found;
    }
  }
}
