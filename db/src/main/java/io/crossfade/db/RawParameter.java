package io.crossfade.db;

import com.mysql.cj.BindValue;
import com.mysql.cj.NativeQueryBindValue;
import com.mysql.cj.QueryBindings;
import com.mysql.cj.ServerPreparedQuery;
import com.mysql.cj.jdbc.ServerPreparedStatement;
import com.mysql.cj.protocol.Message;
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
 * A parameter of a statement that the server has prepared, always of its column's type. JDBC's own
 * looks its type and its encoder up with every value, which was a quarter of a writer's time. The
 * bytes on the wire are those of the binary protocol, as the driver writes them.
 */
final class RawParameter extends NativeQueryBindValue {

  private static final int DATE_LENGTH = 4;
  private static final int DATE_TIME_LENGTH = 7;

  private final Column.Type type;

  private RawParameter(BindValue replaced, Column.Type type) {
    super((NativeQueryBindValue) replaced);
    this.type = type;
    this.targetType = type.wireType();
  }

  /**
   * The parameters of a statement, made on its first use and kept with it.
   *
   * @param types of a row's columns; the statement has as many parameters as a multiple of them
   * @return {@code null} when the driver has not prepared the statement on the server
   */
  static BindValue @Nullable [] of(PreparedStatement statement, List<Column.Type> types)
      throws SQLException {
    if (!statement.isWrapperFor(ServerPreparedStatement.class)) {
      return null;
    }
    ServerPreparedStatement prepared = statement.unwrap(ServerPreparedStatement.class);
    QueryBindings bindings = prepared.getQueryBindings();
    BindValue[] known = bindings.getBindValues();
    if (known[0] instanceof RawParameter) {
      return known;
    }
    BindValue[] parameters = new BindValue[known.length];
    for (int i = 0; i < known.length; i++) {
      parameters[i] = new RawParameter(known[i], types.get(i % types.size()));
    }
    bindings.setBindValues(parameters);
    bindings.getSendTypesToServer().set(true);
    // What the server said of each parameter, nearly 300 bytes: 11,000 times for a full batch.
    bindings.setColumnDefinition(null);
    ((ServerPreparedQuery) prepared.getQuery()).setParameterFields(null);
    return parameters;
  }

  /** Binds a value of the type's own class, or nothing. */
  void set(@Nullable Object newValue) {
    value = newValue;
  }

  /** The value goes, the type stays: the server is told once what it will be sent. */
  @Override
  public void reset() {
    value = null;
  }

  @Override
  public boolean isSet() {
    return true;
  }

  @Override
  public boolean isNull() {
    return value == null;
  }

  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  public void writeAsBinary(Message message) {
    NativePacketPayload packet = (NativePacketPayload) message;
    switch (type) {
      case INTEGER -> packet.writeInteger(IntegerDataType.INT8, ((Number) value).longValue());
      case DOUBLE ->
          packet.writeInteger(IntegerDataType.INT8, Double.doubleToLongBits((double) value));
      case TEXT -> write(packet, ((String) value).getBytes(StandardCharsets.UTF_8));
      case BYTES -> write(packet, (byte[]) value);
      case DECIMAL ->
          write(packet, ((BigDecimal) value).toPlainString().getBytes(StandardCharsets.ISO_8859_1));
      case DATE -> {
        packet.writeInteger(IntegerDataType.INT1, DATE_LENGTH);
        write(packet, (LocalDate) value);
      }
      case DATE_TIME -> {
        LocalDateTime time = (LocalDateTime) value;
        packet.writeInteger(IntegerDataType.INT1, DATE_TIME_LENGTH);
        write(packet, time.toLocalDate());
        packet.writeInteger(IntegerDataType.INT1, time.getHour());
        packet.writeInteger(IntegerDataType.INT1, time.getMinute());
        packet.writeInteger(IntegerDataType.INT1, time.getSecond());
      }
    }
  }

  private static void write(NativePacketPayload packet, byte[] bytes) {
    packet.writeBytes(StringSelfDataType.STRING_LENENC, bytes);
  }

  private static void write(NativePacketPayload packet, LocalDate date) {
    packet.writeInteger(IntegerDataType.INT2, date.getYear());
    packet.writeInteger(IntegerDataType.INT1, date.getMonthValue());
    packet.writeInteger(IntegerDataType.INT1, date.getDayOfMonth());
  }
}
