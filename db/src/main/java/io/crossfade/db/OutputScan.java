package io.crossfade.db;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads one table of an output: a window in the order of ids, or single rows. */
public final class OutputScan {

  private final DataSource dataSource;
  private final List<Class<?>> types;
  private final String select;

  public OutputScan(DataSource dataSource, OutputTable<?> table) {
    this.dataSource = dataSource;
    this.types = table.comparedTypes();
    this.select =
        table.comparedColumns().stream()
            .map(column -> ", `" + column + "`")
            .collect(Collectors.joining("", "SELECT id, stamp", " FROM " + table.name()));
  }

  /**
   * Streams the rows accepted in {@code [fromStamp, toStamp)} in the order of their ids, as
   * unsigned bytes. Memory does not depend on their number. The cursor holds a connection until it
   * is closed.
   */
  public Cursor window(long fromStamp, long toStamp) throws SQLException {
    Connection connection = dataSource.getConnection();
    try {
      PreparedStatement statement =
          connection.prepareStatement(
              select + " WHERE stamp >= ? AND stamp < ? ORDER BY id",
              ResultSet.TYPE_FORWARD_ONLY,
              ResultSet.CONCUR_READ_ONLY);
      // Connector/J's sign for "row by row from the wire".
      statement.setFetchSize(Integer.MIN_VALUE);
      statement.setLong(1, fromStamp);
      statement.setLong(2, toStamp);
      return new Cursor(connection, statement, statement.executeQuery());
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The rows with these ids, whenever they were accepted. */
  public Map<RecordId, StoredRow> find(Collection<RecordId> ids) throws SQLException {
    return find(ids, "");
  }

  /** Those of these rows that the path had for one reason. */
  public Set<RecordId> because(RouteReason reason, Collection<RecordId> ids) throws SQLException {
    return find(ids, " AND route_reason = '" + reason.name() + "'").keySet();
  }

  private Map<RecordId, StoredRow> find(Collection<RecordId> ids, String condition)
      throws SQLException {
    if (ids.isEmpty()) {
      return Map.of();
    }
    String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(select + " WHERE id IN (" + marks + ")" + condition)) {
      int parameter = 1;
      for (RecordId id : ids) {
        statement.setBytes(parameter++, id.bytes());
      }
      Map<RecordId, StoredRow> rows = new HashMap<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          StoredRow row = read(result);
          rows.put(row.id(), row);
        }
      }
      connection.commit();
      return rows;
    }
  }

  private StoredRow read(ResultSet result) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      Object value = result.getObject(i + 3, types.get(i));
      // 1.0 and 1.00 are one number, but not one BigDecimal; the outputs' scales may differ.
      values.add(value instanceof BigDecimal decimal ? decimal.stripTrailingZeros() : value);
    }
    return new StoredRow(RecordId.of(result.getBytes(1)), result.getLong(2), values);
  }

  /** A window being read. */
  public final class Cursor implements AutoCloseable {

    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet result;

    private Cursor(Connection connection, PreparedStatement statement, ResultSet result) {
      this.connection = connection;
      this.statement = statement;
      this.result = result;
    }

    /** The next row, or {@code null} after the last. */
    public @Nullable StoredRow next() throws SQLException {
      return result.next() ? read(result) : null;
    }

    @Override
    public void close() throws SQLException {
      try (connection;
          statement;
          result) {
        // Closing reads what is left of the result; the order is the reverse of opening.
      }
    }
  }
}
