package io.crossfade.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a user may do with schemas of its own, found out by doing it with one that is empty. */
final class ScratchRights {

  /** A user lacks rights; nothing was done. */
  static final class LackingException extends SQLNonTransientException {

    private static final long serialVersionUID = 1L;

    LackingException(List<String> grants) {
      super(
          "the user may not make scratch schemas; nothing was done. As an administrator: "
              + String.join(" ", grants));
    }
  }

  private record Trial(String privilege, String sql) {}

  /** In an order in which each finds what it needs; what is refused is asked for by name. */
  private static final List<Trial> TRIALS =
      List.of(
          new Trial("CREATE", "CREATE TABLE %1$s.trial (id INT NOT NULL PRIMARY KEY, n INT)"),
          new Trial("ALTER", "ALTER TABLE %1$s.trial ADD COLUMN more INT"),
          new Trial("INDEX", "CREATE INDEX by_n ON %1$s.trial (n)"),
          new Trial("INSERT", "INSERT INTO %1$s.trial (id, n) VALUES (1, 1)"),
          new Trial("SELECT", "SELECT id FROM %1$s.trial"),
          new Trial("UPDATE", "UPDATE %1$s.trial SET n = 2"),
          new Trial("DELETE", "DELETE FROM %1$s.trial"),
          new Trial("CREATE VIEW", "CREATE VIEW %1$s.seen AS SELECT 1 AS one"),
          new Trial("DROP", "DROP DATABASE %1$s"));

  private static final Set<Integer> DENIED = Set.of(1044, 1142, 1143, 1227);

  private ScratchRights() {}

  /**
   * Which privileges a connection's user lacks for a schema of that name, which does not exist, and
   * does not afterwards: unless it may create and not drop, which the grant then names.
   *
   * @return empty when it lacks none; {@code ALL} when it may not even create one
   */
  static Set<String> lacking(Connection connection, String name) throws SQLException {
    if (!may(connection, "CREATE DATABASE " + name)) {
      return Set.of("ALL");
    }
    Set<String> lacking = new LinkedHashSet<>();
    for (Trial trial : TRIALS) {
      if (!may(connection, trial.sql().formatted(name))) {
        lacking.add(trial.privilege());
      }
    }
    return lacking;
  }

  /**
   * What an administrator has to run.
   *
   * @param stem of the schemas' names, which all that follow share
   */
  static String grant(Connection connection, Set<String> privileges, String stem)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
      row.next();
      String account = row.getString(1);
      int at = account.lastIndexOf('@');
      return "GRANT %s ON `%s%%`.* TO '%s'@'%s';"
          .formatted(
              String.join(", ", privileges),
              stem.replace("_", "\\_"),
              account.substring(0, at).replace("'", "''"),
              account.substring(at + 1).replace("'", "''"));
    }
  }

  private static boolean may(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return true;
    } catch (SQLException e) {
      if (DENIED.contains(e.getErrorCode())) {
        return false;
      }
      throw e;
    }
  }
}
