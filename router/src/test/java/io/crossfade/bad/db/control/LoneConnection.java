package io.crossfade.bad.db.control;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Reads the control schema on a connection of its own. */
final class LoneConnection {

  boolean answers(DataSource control) throws SQLException {
    try (Connection connection = control.getConnection()) {
      return connection.isValid(1);
    }
  }
}
