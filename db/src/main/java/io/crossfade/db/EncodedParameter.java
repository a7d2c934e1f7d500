package io.crossfade.db;

import com.mysql.cj.BindValue;
import com.mysql.cj.NativeQueryBindValue;
import com.mysql.cj.QueryBindings;
import com.mysql.cj.ServerPreparedQuery;
import com.mysql.cj.jdbc.ServerPreparedStatement;
import com.mysql.cj.protocol.Message;
import com.mysql.cj.protocol.a.NativePacketPayload;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a statement that the server has prepared, always of its column's type. The first
 * one carries the bytes of all rows; of the others a statement has two for each column, one that is
 * NULL and one that is not, which stand for all rows. JDBC's own look type and encoder up with
 * every value, which was a quarter of a writer's time, and a full batch has 11,000 of them.
 */
class EncodedParameter extends NativeQueryBindValue {

  private final boolean isNull;

  private EncodedParameter(BindValue replaced, Column.Type type, boolean isNull) {
    super((NativeQueryBindValue) replaced);
    this.targetType = type.wireType();
    this.isNull = isNull;
  }

  /**
   * Binds all parameters of a statement.
   *
   * @param from the first of the rows
   * @param to the row after the last; the statement takes as many
   * @return whether it did: not when the driver has not prepared the statement on the server
   */
  static boolean bind(PreparedStatement statement, EncodedRows<?> rows, int from, int to)
      throws SQLException {
    if (!statement.isWrapperFor(ServerPreparedStatement.class)) {
      return false;
    }
    ServerPreparedStatement prepared = statement.unwrap(ServerPreparedStatement.class);
    BindValue[] parameters = prepared.getQueryBindings().getBindValues();
    if (!(parameters[0] instanceof First)) {
      parameters[0] = first(prepared, rows.types());
    }
    ((First) parameters[0]).bind(parameters, rows, from, to);
    return true;
  }

  /** Made on the first use of a statement and kept with it. */
  private static First first(ServerPreparedStatement prepared, List<Column.Type> types) {
    QueryBindings bindings = prepared.getQueryBindings();
    bindings.getSendTypesToServer().set(true);
    // What the server said of each parameter, nearly 300 bytes.
    bindings.setColumnDefinition(null);
    ((ServerPreparedQuery) prepared.getQuery()).setParameterFields(null);
    return new First(bindings.getBindValues()[0], types);
  }

  /** The type stays: the server is told once what it will be sent. */
  @Override
  public void reset() {
    // Which of the two stands for a row is chosen anew for every run.
  }

  @Override
  public boolean isSet() {
    return true;
  }

  @Override
  public boolean isNull() {
    return isNull;
  }

  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  public void writeAsBinary(Message message) {
    // The first has written it.
  }

  /** The first parameter of a statement. */
  private static final class First extends EncodedParameter {

    private final EncodedParameter[] values;
    private final EncodedParameter[] nulls;
    private @Nullable EncodedRows<?> rows;
    private int from;
    private int to;

    First(BindValue replaced, List<Column.Type> types) {
      super(replaced, types.getFirst(), false);
      this.values = all(replaced, types, false);
      this.nulls = all(replaced, types, true);
    }

    private static EncodedParameter[] all(
        BindValue replaced, List<Column.Type> types, boolean isNull) {
      return types.stream()
          .map(type -> new EncodedParameter(replaced, type, isNull))
          .toArray(EncodedParameter[]::new);
    }

    void bind(BindValue[] parameters, EncodedRows<?> bound, int first, int end) {
      rows = bound;
      from = first;
      to = end;
      int parameter = 0;
      for (int row = first; row < end; row++) {
        for (int column = 0; column < values.length; column++) {
          if (parameter > 0) {
            parameters[parameter] = bound.isNull(row, column) ? nulls[column] : values[column];
          }
          parameter++;
        }
      }
    }

    @Override
    public void reset() {
      rows = null;
    }

    @Override
    public boolean isSet() {
      return rows != null;
    }

    @Override
    public void writeAsBinary(Message message) {
      Objects.requireNonNull(rows, "A statement is bound before it runs")
          .write((NativePacketPayload) message, from, to);
    }
  }
}
