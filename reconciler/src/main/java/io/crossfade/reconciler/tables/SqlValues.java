package io.crossfade.reconciler.tables;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values in statements that write: each is the same to its last bit on the server that takes it.
 */
final class SqlValues {

  /** A longer value is held against its digest. */
  private static final int LONG_VALUE = 256;

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
  private static final int SRID_BYTES = 4;

  private final SqlText sql;
  private final boolean mariaDb;

  /**
   * @param sql where they are written
   * @param mariaDb whether the server that takes them is one
   */
  SqlValues(SqlText sql, boolean mariaDb) {
    this.sql = sql;
    this.mariaDb = mariaDb;
  }

  /** A value as it came from a server that shows this column, written into it or one like it. */
  void literal(ColumnShape column, byte @Nullable [] value) {
    if (value == null) {
      sql.add("NULL");
      return;
    }
    switch (column.family()) {
      case INTEGER, DECIMAL -> number(text(value), value);
      case FLOATING -> floating(text(value), value);
      case BITS -> sql.add(new BigInteger(1, value).toString());
      case ENUM -> {
        String text = text(value);
        if (column.numberOfMember(text) == 0 && (text.isEmpty() || text.equals("\0"))) {
          sql.add("0").lenient();
        } else {
          sql.text(value);
        }
      }
      case SET -> {
        if (column.hasMembers(text(value))) {
          sql.add(column.numberOfMembers(text(value)).toString());
        } else {
          // The server refuses it, and says why.
          sql.text(value);
        }
      }
      case BINARY -> sql.bytes(value);
      case GEOMETRY -> geometry(value);
      case YEAR, DATE, DATETIME, TIME, TEXT, JSON, UUID, OTHER -> sql.text(value);
    }
  }

  private void number(String text, byte[] value) {
    if (NUMBER.matcher(text).matches()) {
      sql.add(text);
    } else {
      sql.text(value);
    }
  }

  private void floating(String text, byte[] value) {
    number(text.matches("-?[\\d.]+") ? text + "E0" : text, value);
  }

  /** Bytes of a geometry: the number of its reference system, and what it is. */
  private void geometry(byte[] value) {
    if (value.length < SRID_BYTES) {
      sql.bytes(value);
      return;
    }
    long srid = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xFFFFFFFFL;
    sql.add("ST_GeomFromWKB(").bytes(Arrays.copyOfRange(value, SRID_BYTES, value.length));
    sql.add(", " + srid);
    // MySQL keeps degrees of longitude first, and reads them in the order of the system.
    sql.add(mariaDb || srid == 0 ? ")" : ", 'axis-order=long-lat')");
  }

  /** Condition that a column holds exactly what its server has shown. */
  void asSeen(ColumnShape column, byte @Nullable [] value) {
    String name = Sql.name(column.name());
    if (value == null) {
      sql.add(name + " IS NULL");
      return;
    }
    switch (column.family()) {
      case INTEGER, DECIMAL, FLOATING -> {
        sql.add(column.expression() + " = ");
        literal(column, value);
      }
      case BITS -> sql.add(name + " = " + new BigInteger(1, value));
      case ENUM ->
          sql.add("CAST(" + name + " AS UNSIGNED) = " + column.numberOfMember(text(value)));
      case SET ->
          sql.add("CAST(" + name + " AS UNSIGNED) = " + column.numberOfMembers(text(value)));
      case BINARY -> exactly(name, value, false);
      case GEOMETRY ->
          exactly(
              "HEX(" + name + ")",
              HexFormat.of().withUpperCase().formatHex(value).getBytes(StandardCharsets.US_ASCII),
              true);
      case TEXT, JSON -> exactly("CONVERT(" + name + " USING utf8mb4)", value, true);
      case YEAR, DATE, DATETIME, TIME, UUID, OTHER ->
          sql.add("CAST(" + name + " AS CHAR) = ").text(value);
    }
  }

  private void exactly(String expression, byte[] value, boolean text) {
    if (value.length > LONG_VALUE) {
      sql.add(
          "SHA2(" + expression + ", 256) = '" + HexFormat.of().formatHex(Sql.digest(value)) + "'");
    } else if (text) {
      sql.add("CAST(" + expression + " AS BINARY) = CAST(").text(value).add(" AS BINARY)");
    } else {
      sql.add(expression + " = ").bytes(value);
    }
  }

  /** Condition that the index of a key understands. */
  void key(ColumnShape column, byte[] value) {
    sql.add(Sql.name(column.name()) + " = ");
    switch (column.family()) {
      case TEXT -> {
        sql.add("CONVERT(").text(value);
        sql.add(" USING " + column.charset() + ") COLLATE " + column.collation());
      }
      case ENUM -> sql.add("" + column.numberOfMember(text(value)));
      default -> literal(column, value);
    }
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }
}
