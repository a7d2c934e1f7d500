package io.crossfade.db;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.Set;

/** Tells errors that a row causes by what it holds from errors that any row would meet. */
public final class SqlFaults {

  /**
   * Vendor codes of MySQL and MariaDB that are about a value but carry the general SQLSTATE HY000:
   * packet too large, incorrect value, data truncated, no default, out of range, CHECK violated
   * (both databases).
   */
  private static final Set<Integer> VALUE_CODES =
      Set.of(1153, 1264, 1265, 1364, 1366, 1406, 3819, 4025);

  private static final int PACKET_TOO_LARGE = 1153;
  private static final int DATA_TOO_LONG = 1406;

  private SqlFaults() {}

  /** Whether a statement was larger than the server's {@code max_allowed_packet}, or a column. */
  static boolean isTooLarge(SQLException e) {
    return e instanceof PacketTooBigException
        || e.getErrorCode() == PACKET_TOO_LARGE
        || e.getErrorCode() == DATA_TOO_LONG;
  }

  /** Whether a value is the trouble and not the database. */
  public static boolean isRowFault(SQLException e) {
    String state = e.getSQLState();
    return e instanceof SQLDataException
        || e instanceof SQLIntegrityConstraintViolationException
        || e instanceof PacketTooBigException
        || VALUE_CODES.contains(e.getErrorCode())
        || (state != null && (state.startsWith("22") || state.startsWith("23")));
  }

  /** The error in one line, without the values that the database quotes: those are payload. */
  public static String describe(Exception e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String message = first.replaceAll("'[^']*'(?= for column)", "'…'");
    return e instanceof SQLException sql ? sql.getErrorCode() + " " + message : message;
  }
}
