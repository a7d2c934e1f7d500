package io.crossfade.reconciler.tables;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose time is in a window and settled. A row that is in it on one side only is compared too.
 *
 * @param column of both tables, by its name on the left
 * @param from {@code null} for the oldest
 * @param to the first that is not in it; {@code null} for the newest
 * @param settle how old a row must be; its copy may still be on its way
 */
public record RowWindow(
    String column, @Nullable String from, @Nullable String to, Duration settle) {

  /**
   * A window on one side.
   *
   * @param condition of the rows that are read
   * @param young condition of those that have not settled; {@code null} when all have
   */
  record Bounds(String condition, @Nullable String young) {}

  /**
   * Asks a side's server for its clock.
   *
   * @throws DriftException when the column cannot say when a row was written
   */
  Bounds on(TableShape table, String name, Connection connection)
      throws SQLException, DriftException {
    Optional<ColumnShape> found = table.column(name);
    if (found.isEmpty()) {
      throw new DriftException(
          table.sqlName(), "its window", List.of("there is no column " + name));
    }
    ColumnShape shape = found.get();
    if (!settle.isZero() && shape.family() != Family.DATETIME) {
      throw new DriftException(
          table.sqlName(),
          "its window",
          List.of(
              "column %s is %s, which does not say how old a row is; use a DATETIME or a TIMESTAMP"
                  .formatted(name, shape.described())));
    }
    List<String> conditions = new ArrayList<>();
    String column = Sql.name(shape.name());
    if (from != null) {
      conditions.add(column + " >= " + literal(from));
    }
    if (to != null) {
      conditions.add(column + " < " + literal(to));
    }
    String young = null;
    if (!settle.isZero()) {
      String cut = literal(settledUntil(shape, connection));
      conditions.add(column + " < " + cut);
      young = column + " >= " + cut;
    }
    return new Bounds(String.join(" AND ", conditions), young);
  }

  /** TIMESTAMP is shown as UTC here; a DATETIME is as the server's clock is set. */
  private String settledUntil(ColumnShape shape, Connection connection) throws SQLException {
    boolean utc = shape.type().toLowerCase(Locale.ROOT).startsWith("timestamp");
    String now =
        utc ? "UTC_TIMESTAMP(6)" : "CONVERT_TZ(UTC_TIMESTAMP(6), '+00:00', @@global.time_zone)";
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT CAST(" + now + " - INTERVAL ? MICROSECOND AS CHAR)")) {
      statement.setLong(1, settle.toNanos() / 1000);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static String literal(String value) {
    return new SqlText().text(value.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** For people. */
  String words() {
    List<String> words = new ArrayList<>();
    if (from != null) {
      words.add("from " + from);
    }
    if (to != null) {
      words.add("before " + to);
    }
    if (!settle.isZero()) {
      words.add("older than " + settle.toMillis() / 1e3 + " s");
    }
    return column + ": only rows " + String.join(", ", words);
  }
}
