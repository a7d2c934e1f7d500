package io.crossfade.db;

import com.mysql.cj.protocol.a.NativeConstants.IntegerDataType;
import com.mysql.cj.protocol.a.NativeConstants.StringSelfDataType;
import com.mysql.cj.protocol.a.NativePacketPayload;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one table in the bytes of the binary protocol, as the driver writes them. They can be
 * made on another thread than the one that writes them.
 *
 * @param <T> what a row is made from
 */
final class EncodedRows<T> {

  private static final int TYPICAL_LENGTH = 256;
  private static final int DATE_LENGTH = 4;
  private static final int DATE_TIME_LENGTH = 7;

  /** Where the values of a row are. */
  interface Cells<T> {

    /** A value of the column's own class, or nothing. */
    @Nullable Object value(T row, int column);
  }

  private final List<T> sources;
  private final List<Column.Type> types;
  private final Cells<T> cells;
  private final NativePacketPayload bytes;

  /** Where in {@link #bytes} each row begins, and after the last where it ends. */
  private final int[] begins;

  /** A bit for each column of each row. */
  private final long[] nulls;

  /**
   * @param types of a row's columns, 64 at most; the first is never NULL
   */
  EncodedRows(List<T> sources, List<Column.Type> types, Cells<T> cells) {
    this.sources = sources;
    this.types = types;
    this.cells = cells;
    this.bytes = new NativePacketPayload(sources.size() * TYPICAL_LENGTH);
    this.begins = new int[sources.size() + 1];
    this.nulls = new long[sources.size()];
    for (int row = 0; row < nulls.length; row++) {
      encode(row);
      begins[row + 1] = bytes.getPosition();
    }
  }

  int size() {
    return nulls.length;
  }

  List<Column.Type> types() {
    return types;
  }

  boolean isNull(int row, int column) {
    return (nulls[row] & 1L << column) != 0;
  }

  /** Writes the values of rows that are not NULL. */
  void write(NativePacketPayload packet, int from, int to) {
    packet.writeBytes(
        StringSelfDataType.STRING_EOF,
        bytes.getByteBuffer(),
        begins[from],
        begins[to] - begins[from]);
  }

  /** Binds rows as JDBC has it. */
  void bind(PreparedStatement statement, int from, int to) throws SQLException {
    int parameter = 1;
    for (T source : sources.subList(from, to)) {
      for (int column = 0; column < types.size(); column++) {
        statement.setObject(parameter++, cells.value(source, column));
      }
    }
  }

  private void encode(int row) {
    for (int column = 0; column < types.size(); column++) {
      Object value = cells.value(sources.get(row), column);
      if (value == null) {
        nulls[row] |= 1L << column;
      } else {
        write(types.get(column), value);
      }
    }
  }

  private void write(Column.Type type, Object value) {
    switch (type) {
      case INTEGER -> bytes.writeInteger(IntegerDataType.INT8, ((Number) value).longValue());
      case DOUBLE ->
          bytes.writeInteger(IntegerDataType.INT8, Double.doubleToLongBits((double) value));
      case TEXT -> write(((String) value).getBytes(StandardCharsets.UTF_8));
      case BYTES -> write((byte[]) value);
      case DECIMAL ->
          write(((BigDecimal) value).toPlainString().getBytes(StandardCharsets.ISO_8859_1));
      case DATE -> {
        bytes.writeInteger(IntegerDataType.INT1, DATE_LENGTH);
        write((LocalDate) value);
      }
      case DATE_TIME -> {
        LocalDateTime time = (LocalDateTime) value;
        bytes.writeInteger(IntegerDataType.INT1, DATE_TIME_LENGTH);
        write(time.toLocalDate());
        bytes.writeInteger(IntegerDataType.INT1, time.getHour());
        bytes.writeInteger(IntegerDataType.INT1, time.getMinute());
        bytes.writeInteger(IntegerDataType.INT1, time.getSecond());
      }
    }
  }

  private void write(byte[] value) {
    bytes.writeBytes(StringSelfDataType.STRING_LENENC, value);
  }

  private void write(LocalDate date) {
    bytes.writeInteger(IntegerDataType.INT2, date.getYear());
    bytes.writeInteger(IntegerDataType.INT1, date.getMonthValue());
    bytes.writeInteger(IntegerDataType.INT1, date.getDayOfMonth());
  }
}
