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
 * one carries the bytes of all rows, the others know whether they are NULL. JDBC's own looks its
 * type and its encoder up with every value, which was a quarter of a writer's time.
 */
final class EncodedParameter extends NativeQueryBindValue {

  /** What a statement runs with: rows from the given one on, as many as it takes. */
  private static final class Bound {
    private @Nullable EncodedRows<?> rows;
    private int from;
  }

  private final Bound bound;
  private final int row;
  private final int column;
  private final int rowsOfStatement;

  private EncodedParameter(
      BindValue replaced, Bound bound, List<Column.Type> types, int index, int parameters) {
    super((NativeQueryBindValue) replaced);
    this.bound = bound;
    this.row = index / types.size();
    this.column = index % types.size();
    this.rowsOfStatement = parameters / types.size();
    this.targetType = types.get(column).wireType();
  }

  /**
   * Binds all parameters of a statement.
   *
   * @param from the first of the rows that the statement takes
   * @return whether it did: not when the driver has not prepared the statement on the server
   */
  static boolean bind(PreparedStatement statement, EncodedRows<?> rows, int from)
      throws SQLException {
    if (!statement.isWrapperFor(ServerPreparedStatement.class)) {
      return false;
    }
    ServerPreparedStatement prepared = statement.unwrap(ServerPreparedStatement.class);
    Bound bound = bound(prepared, rows.types());
    bound.rows = rows;
    bound.from = from;
    return true;
  }

  /** Parameters are made on the first use of a statement and kept with it. */
  private static Bound bound(ServerPreparedStatement prepared, List<Column.Type> types) {
    QueryBindings bindings = prepared.getQueryBindings();
    BindValue[] known = bindings.getBindValues();
    if (known[0] instanceof EncodedParameter parameter) {
      return parameter.bound;
    }
    Bound bound = new Bound();
    BindValue[] parameters = new BindValue[known.length];
    for (int i = 0; i < known.length; i++) {
      parameters[i] = new EncodedParameter(known[i], bound, types, i, known.length);
    }
    bindings.setBindValues(parameters);
    bindings.getSendTypesToServer().set(true);
    // What the server said of each parameter, nearly 300 bytes: 11,000 times for a full batch.
    bindings.setColumnDefinition(null);
    ((ServerPreparedQuery) prepared.getQuery()).setParameterFields(null);
    return bound;
  }

  /** The rows go, the type stays: the server is told once what it will be sent. */
  @Override
  public void reset() {
    bound.rows = null;
  }

  @Override
  public boolean isSet() {
    return bound.rows != null;
  }

  @Override
  public boolean isNull() {
    return rows().isNull(bound.from + row, column);
  }

  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  public void writeAsBinary(Message message) {
    if (row == 0 && column == 0) {
      rows().write((NativePacketPayload) message, bound.from, bound.from + rowsOfStatement);
    }
  }

  private EncodedRows<?> rows() {
    return Objects.requireNonNull(bound.rows, "A statement is bound before it runs");
  }
}
