package io.crossfade.reconciler.tables;

import com.mysql.cj.jdbc.JdbcConnection;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A statement. Its long values stand apart: they are printed, or sent to the server, piece by
 * piece, so that a row of many megabytes is in memory once.
 */
final class SqlText {

  /** A value of more bytes is sent apart from its statement. */
  private static final int LONG = 1 << 15;

  private static final int PIECE = 1 << 13;

  /** Bytes of a value, and whether they are text in UTF-8. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Apart(byte[] value, boolean text) {}

  /** Words, and between them what stands apart: one more of those than of these. */
  private final List<String> words = new ArrayList<>();

  private final List<Apart> apart = new ArrayList<>();
  private StringBuilder current = new StringBuilder();
  private boolean lenient;

  SqlText add(String sql) {
    current.append(sql);
    return this;
  }

  /** All of another one. */
  SqlText add(SqlText other) {
    for (int i = 0; i < other.apart.size(); i++) {
      add(other.words.get(i)).apart(other.apart.get(i));
    }
    lenient |= other.lenient;
    return add(other.current.toString());
  }

  /** A text in the characters of the session, which are utf8mb4. */
  SqlText text(byte[] utf8) {
    if (utf8.length > LONG) {
      return apart(new Apart(utf8, true));
    }
    String text = new String(utf8, StandardCharsets.UTF_8);
    return isPlain(text)
        ? add("'" + text.replace("'", "''") + "'")
        : add("_utf8mb4 X'" + HexFormat.of().withUpperCase().formatHex(utf8) + "'");
  }

  SqlText bytes(byte[] value) {
    return value.length > LONG
        ? apart(new Apart(value, false))
        : add("X'" + HexFormat.of().withUpperCase().formatHex(value) + "'");
  }

  private SqlText apart(Apart value) {
    words.add(current.toString());
    apart.add(value);
    current = new StringBuilder();
    return this;
  }

  /** Letters, digits and what stands on every keyboard: it means the same under every sql_mode. */
  private static boolean isPlain(String text) {
    return text.codePoints()
        .allMatch(
            one ->
                one < 0x7F
                    ? one >= ' ' && one != '\\'
                    : Character.isLetterOrDigit(one) && one != 0xFFFD);
  }

  /** It holds what a strict server refuses, though a table may have it: the error value of ENUM. */
  SqlText lenient() {
    lenient = true;
    return this;
  }

  boolean isLenient() {
    return lenient;
  }

  void print(PrintWriter out) {
    for (int i = 0; i < apart.size(); i++) {
      out.print(words.get(i));
      byte[] value = apart.get(i).value();
      out.print(apart.get(i).text() ? "_utf8mb4 X'" : "X'");
      for (int at = 0; at < value.length; at += PIECE) {
        out.print(
            HexFormat.of()
                .withUpperCase()
                .formatHex(value, at, Math.min(value.length, at + PIECE)));
      }
      out.print("'");
    }
    out.print(current);
  }

  /** Runs it; returns how many rows its condition has met. */
  int execute(Connection connection) throws SQLException {
    if (apart.isEmpty()) {
      try (Statement statement = connection.createStatement()) {
        // The driver would take braces for its own.
        statement.setEscapeProcessing(false);
        return statement.executeUpdate(current.toString());
      }
    }
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < apart.size(); i++) {
      sql.append(words.get(i)).append(apart.get(i).text() ? "CONVERT(? USING utf8mb4)" : "?");
    }
    sql.append(current);
    try (PreparedStatement statement =
        connection.unwrap(JdbcConnection.class).serverPrepareStatement(sql.toString())) {
      for (int i = 0; i < apart.size(); i++) {
        byte[] value = apart.get(i).value();
        statement.setBinaryStream(i + 1, new ByteArrayInputStream(value), value.length);
      }
      return statement.executeUpdate();
    }
  }

  /** Without what stands apart. */
  @Override
  public String toString() {
    return String.join("…", words) + (words.isEmpty() ? "" : "…") + current;
  }
}
