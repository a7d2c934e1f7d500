package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Hands each start of a router its node number, so that no two running ones make the same stamp.
 */
public final class AcceptanceNodes {

  private final DataSource dataSource;

  public AcceptanceNodes(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Takes the next node number, 0 to 1023. Two running routers share one only if 1,024 others
   * started in between.
   *
   * @param instance name of the router, for people who read the table
   */
  public int take(String instance) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "INSERT INTO acceptance_node (instance) VALUES (?)",
                Statement.RETURN_GENERATED_KEYS)) {
      statement.setString(1, instance);
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        int node = (int) (keys.getLong(1) & ((1 << AcceptanceStamp.NODE_BITS) - 1));
        connection.commit();
        return node;
      }
    }
  }
}
