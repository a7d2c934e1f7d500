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
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose time is in a window and settled. A row that is in it on one side only is compared too.
 *
 * @param column of both tables, by its name on the left
 * @param from the first that is in it, as the server writes it; {@code null} for the oldest
 * @param to the first that is not in it; {@code null} for the newest
 * @param settle how old a row must be; its copy may still be on its way
 */
public record RowWindow(
    String column, @Nullable String from, @Nullable String to, Duration settle) {

  private static final Pattern MOMENT =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d([ T]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?)?");

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

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
    check(table, shape);
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

  /** A server takes what is no time for any row or for none. */
  private void check(TableShape table, ColumnShape column) throws DriftException {
    Pattern form;
    String such;
    switch (column.family()) {
      case DATE, DATETIME -> {
        form = MOMENT;
        such = "2026-10-01 or 2026-10-01 12:30:00";
      }
      case INTEGER, DECIMAL, FLOATING, YEAR -> {
        form = NUMBER;
        such = "a number, as the column has them";
      }
      default -> {
        return;
      }
    }
    for (String bound : Stream.of(from, to).filter(Objects::nonNull).toList()) {
      if (!form.matcher(bound).matches()) {
        throw new DriftException(
            table.sqlName(),
            "its window",
            List.of(
                "'%s' is no value of column %s (%s); write %s"
                    .formatted(bound, column.name(), column.described(), such)));
      }
    }
    if (form == MOMENT && from != null && to != null && !isBefore(from, to)) {
      throw new DriftException(
          table.sqlName(),
          "its window",
          List.of("it ends at %s, which is not after its begin, %s".formatted(to, from)));
    }
  }

  private static boolean isBefore(String one, String other) {
    return one.replace('T', ' ').compareTo(other.replace('T', ' ')) < 0;
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
