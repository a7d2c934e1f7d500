package io.crossfade.db;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Tells errors that a row causes by what it holds from errors that any row would meet. */
public final class SqlFaults {

  /**
   * Vendor codes of MySQL and MariaDB that are about a value but carry the general SQLSTATE HY000:
   * packet too large, incorrect value, data truncated, no default, out of range, CHECK violated
   * (both databases), and text that the column's character set does not have (of either).
   */
  private static final Set<Integer> VALUE_CODES =
      Set.of(1153, 1264, 1265, 1267, 1364, 1366, 1406, 3819, 3854, 4025);

  /**
   * Vendor codes that are about the server, its tables, its locks or its user, whatever the row:
   * disk and memory, shutting down and read-only, crashed and full tables, locks and deadlocks,
   * limits of connections and of time, privileges.
   */
  private static final Set<Integer> DATABASE_CODES =
      Set.of(
          1021, 1026, 1030, 1034, 1035, 1036, 1037, 1038, 1040, 1041, 1044, 1045, 1047, 1053, 1077,
          1099, 1100, 1114, 1129, 1130, 1135, 1142, 1143, 1180, 1181, 1194, 1195, 1197, 1203, 1205,
          1206, 1213, 1223, 1226, 1227, 1290, 1297, 1317, 1370, 1412, 1461, 1568, 1615, 1637, 1683,
          1694, 1785, 1792, 1836, 1874, 1877, 1878, 1879, 1927, 1969, 2006, 2013, 3024, 3032, 3058,
          3098, 3100, 3101, 3168, 3169, 3572, 4031);

  /** Beginnings of SQLSTATEs: connection, rolled back, resources, operator, system, sign-in. */
  private static final List<String> DATABASE_STATES =
      List.of("08", "40", "53", "57", "58", "70", "28", "25", "HYT");

  /** Read only by an option, or by what the server is: of MySQL and MariaDB. */
  private static final Set<Integer> READ_ONLY_CODES = Set.of(1290, 1836);

  private static final int PACKET_TOO_LARGE = 1153;
  private static final int DATA_TOO_LONG = 1406;

  private SqlFaults() {}

  /** Whether a statement was larger than the server's {@code max_allowed_packet}, or a column. */
  public static boolean isTooLarge(SQLException e) {
    return e instanceof PacketTooBigException
        || e.getErrorCode() == PACKET_TOO_LARGE
        || e.getErrorCode() == DATA_TOO_LONG;
  }

  /** Whether the server takes no writes, as a primary that was demoted. */
  static boolean isReadOnly(SQLException e) {
    return READ_ONLY_CODES.contains(e.getErrorCode());
  }

  /** Whether a value is the trouble and not the database. */
  public static boolean isRowFault(Exception thrown) {
    if (!(thrown instanceof SQLException e)) {
      return false;
    }
    String state = e.getSQLState();
    return e instanceof SQLDataException
        || e instanceof SQLIntegrityConstraintViolationException
        || e instanceof PacketTooBigException
        || VALUE_CODES.contains(e.getErrorCode())
        || (state != null && (state.startsWith("22") || state.startsWith("23")));
  }

  /**
   * Whether the database is the trouble for certain. What is neither this nor a row's fault may be
   * either: a trigger that throws, a table that is gone.
   */
  static boolean isDatabaseFault(Exception thrown) {
    if (!(thrown instanceof SQLException e)) {
      return false;
    }
    String state = e.getSQLState();
    return e instanceof SQLTransientException
        || e instanceof SQLRecoverableException
        || e instanceof SQLNonTransientConnectionException
        || e instanceof SQLInvalidAuthorizationSpecException
        || DATABASE_CODES.contains(e.getErrorCode())
        || (state != null && DATABASE_STATES.stream().anyMatch(state::startsWith));
  }

  /** Whether two are of one kind, as far as their codes tell. */
  static boolean areAlike(Exception one, Exception other) {
    return one.getClass() == other.getClass()
        && (!(one instanceof SQLException first)
            || !(other instanceof SQLException second)
            || (first.getErrorCode() == second.getErrorCode()
                && Objects.equals(first.getSQLState(), second.getSQLState())));
  }

  /** The error in one line, without the values that the database quotes: those are payload. */
  public static String describe(Exception e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String message = first.replaceAll("'[^']*'(?= for column)", "'…'");
    return e instanceof SQLException sql ? sql.getErrorCode() + " " + message : message;
  }
}
