package io.crossfade.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;

/** The largest statement that a database takes, which bounds the largest record. */
public final class PacketLimit {

  private PacketLimit() {}

  /**
   * What to tell an operator when a database takes less than an upload may hold.
   *
   * @param name of the database, for people
   * @param bytes that an upload may hold
   */
  public static Optional<String> warning(String name, DataSource database, long bytes)
      throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT @@max_allowed_packet")) {
      result.next();
      long limit = result.getLong(1);
      connection.commit();
      return limit > bytes
          ? Optional.empty()
          : Optional.of(
              "%s has max_allowed_packet %d and an upload may hold %d bytes: a record that is larger goes to the dead letters, clipped; raise it"
                  .formatted(name, limit, bytes));
    }
  }
}
