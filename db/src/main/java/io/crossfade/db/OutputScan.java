package io.crossfade.db;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads one table of an output: pages of a window in the order of a key, or single rows. */
public final class OutputScan implements TableReader {

  /** Number of the first compared column in a result, from 1: id, route reason and stamp lead. */
  static final int FIRST_COLUMN = 4;

  private static final int DRAWN_POINTS = 8;
  private static final int DRAWN_AT_EACH = 3;

  /** In which order a window is read; both give the same rows. */
  public enum Order {
    /** By id, as unsigned bytes: along the table. Right when the window is much of the table. */
    BY_ID("PRIMARY", "id"),
    /** By stamp, then id: along the index. Right when the window is little of the table. */
    BY_STAMP("by_stamp", "stamp, id");

    private final String index;
    private final String columns;

    Order(String index, String columns) {
      this.index = index;
      this.columns = columns;
    }

    /** Which of two rows comes first. */
    public int compare(RawRow one, RawRow other) {
      int byStamp = this == BY_STAMP ? Long.compare(one.stamp(), other.stamp()) : 0;
      return byStamp != 0 ? byStamp : one.id().compareTo(other.id());
    }

    /** Whether a row follows a place, as {@link #compare(RawRow, RawRow)} would say. */
    public boolean follows(RawRow row, Place place) {
      int byStamp = this == BY_STAMP ? Long.compare(row.stamp(), place.stamp()) : 0;
      return byStamp != 0 ? byStamp > 0 : row.id().compareTo(place.id()) > 0;
    }
  }

  /** A place in a window: rows after it are those that follow the row of this stamp and id. */
  public record Place(long stamp, RecordId id) {}

  private final DataSource dataSource;
  private final String table;
  private final String deviceColumn;
  private final List<String> names;
  private final List<Class<?>> types;
  private final String columns;
  private final String from;

  public OutputScan(DataSource dataSource, OutputTable<?> table) {
    this.dataSource = dataSource;
    this.table = table.name();
    this.deviceColumn = table.deviceColumn();
    this.names = table.comparedColumns();
    this.types = table.comparedTypes();
    this.columns =
        table.comparedColumns().stream()
            .map(column -> ", `" + column + "`")
            .collect(Collectors.joining("", "SELECT id, route_reason, stamp", ""));
    this.from = " FROM " + this.table;
  }

  @Override
  public int page(
      Order order,
      long fromStamp,
      long toStamp,
      @Nullable Place after,
      int limit,
      Consumer<RawRow> sink)
      throws SQLException {
    StringBuilder sql =
        new StringBuilder(columns)
            .append(from)
            .append(" FORCE INDEX (")
            .append(order.index)
            .append(") WHERE stamp >= ? AND stamp < ?");
    if (after != null) {
      sql.append(order == Order.BY_ID ? " AND id > ?" : " AND (stamp > ? OR id > ?)");
    }
    sql.append(" ORDER BY ").append(order.columns).append(" LIMIT ?");
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement =
            connection.prepareStatement(
                sql.toString(), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      // Connector/J's sign for "row by row from the wire".
      statement.setFetchSize(Integer.MIN_VALUE);
      int parameter = 1;
      Place begin = order == Order.BY_STAMP ? after : null;
      statement.setLong(parameter++, begin == null ? fromStamp : begin.stamp());
      statement.setLong(parameter++, toStamp);
      if (begin != null) {
        statement.setLong(parameter++, begin.stamp());
      }
      if (after != null) {
        statement.setBytes(parameter++, after.id().bytes());
      }
      statement.setInt(parameter, limit);
      int rows = 0;
      try (ResultSet result = statement.executeQuery()) {
        RawRowReader reader = new RawRowReader(result, types.size());
        for (RawRow row = reader.next(); row != null; row = reader.next()) {
          sink.accept(row);
          rows++;
        }
      }
      connection.commit();
      return rows;
    }
  }

  @Override
  public long count(long fromStamp, long toStamp) throws SQLException {
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT COUNT(*) FROM " + table + " WHERE stamp >= ? AND stamp < ?")) {
      statement.setLong(1, fromStamp);
      statement.setLong(2, toStamp);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        long count = result.getLong(1);
        connection.commit();
        return count;
      }
    }
  }

  /**
   * How many rows a window has.
   *
   * @param byReason by why the path had them
   * @param unknown those whose reason this release does not know
   */
  public record Counts(Map<RouteReason, Long> byReason, long unknown) {

    /** All of them. */
    public long sum() {
      return unknown + byReason.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @Override
  public Counts countByReason(long fromStamp, long toStamp) throws SQLException {
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT route_reason, COUNT(*)"
                    + from
                    + " FORCE INDEX (by_stamp) WHERE stamp >= ? AND stamp < ?"
                    + " GROUP BY route_reason")) {
      statement.setLong(1, fromStamp);
      statement.setLong(2, toStamp);
      Map<RouteReason, Long> counts = new EnumMap<>(RouteReason.class);
      long unknown = 0;
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          RouteReason reason = RouteReason.of(result.getBytes(1));
          if (reason == null) {
            unknown += result.getLong(2);
          } else {
            counts.put(reason, result.getLong(2));
          }
        }
      }
      connection.commit();
      return new Counts(counts, unknown);
    }
  }

  @Override
  public long estimate(long fromStamp, long toStamp) throws SQLException {
    return estimate(" WHERE stamp >= " + fromStamp + " AND stamp < " + toStamp);
  }

  @Override
  public long estimate() throws SQLException {
    return estimate("");
  }

  private long estimate(String where) throws SQLException {
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement =
            connection.prepareStatement("EXPLAIN SELECT id FROM " + table + where);
        ResultSet result = statement.executeQuery()) {
      long rows = result.next() ? result.getLong("rows") : 0;
      connection.commit();
      return rows;
    }
  }

  /** Takes the stamp and the id of a row. */
  public interface StampSink {
    void row(long stamp, RecordId id);
  }

  /**
   * Streams stamps and ids accepted in {@code [firstStamp, lastStamp]} in the order of the stamps,
   * read from an index alone.
   */
  public void stamps(long firstStamp, long lastStamp, StampSink sink) throws SQLException {
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT stamp, id FROM "
                    + table
                    + " FORCE INDEX (by_stamp) WHERE stamp >= ? AND stamp <= ? ORDER BY stamp",
                ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(Integer.MIN_VALUE);
      statement.setLong(1, firstStamp);
      statement.setLong(2, lastStamp);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          sink.row(result.getLong(1), RecordId.of(result.getBytes(2)));
        }
      }
      connection.commit();
    }
  }

  /**
   * Ids and stamps of a device's newest rows, among the newest of all. Facts of one upload share
   * its stamp.
   *
   * @param among how many rows are looked at
   * @param most how many are wanted
   */
  public Map<RecordId, Long> newest(String deviceSn, int among, int most) throws SQLException {
    String sql =
        "SELECT stamp, id FROM (SELECT stamp, id, %1$s FROM %2$s FORCE INDEX (by_stamp) ORDER BY stamp DESC LIMIT ?) newest WHERE %1$s = ? ORDER BY stamp DESC LIMIT ?"
            .formatted(deviceColumn, table);
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, among);
      statement.setString(2, deviceSn);
      statement.setInt(3, most);
      Map<RecordId, Long> found = new HashMap<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          found.put(RecordId.of(result.getBytes(2)), result.getLong(1));
        }
      }
      connection.commit();
      return found;
    }
  }

  @Override
  public Map<RecordId, StoredRow> find(Collection<RecordId> ids) throws SQLException {
    Map<RecordId, StoredRow> rows = new HashMap<>();
    forEach(
        ids,
        columns,
        result -> {
          StoredRow row = read(result);
          rows.put(row.id(), row);
        });
    return rows;
  }

  @Override
  public Set<RecordId> present(Collection<RecordId> ids) throws SQLException {
    Set<RecordId> present = new HashSet<>();
    forEach(ids, "SELECT id", result -> present.add(RecordId.of(result.getBytes(1))));
    return present;
  }

  @Override
  public List<RecordId> draw(long fromStamp, long toStamp, RandomGenerator random)
      throws SQLException {
    String point =
        "(SELECT id FROM %s FORCE INDEX (by_stamp) WHERE stamp >= ? AND stamp < ? ORDER BY stamp, id LIMIT %d)"
            .formatted(table, DRAWN_AT_EACH);
    String last =
        "(SELECT id FROM %s FORCE INDEX (by_stamp) WHERE stamp >= ? AND stamp < ? ORDER BY stamp DESC, id DESC LIMIT %d)"
            .formatted(table, DRAWN_AT_EACH);
    try (Connection connection = LongQuestions.connect(dataSource)) {
      long[] range = range(connection, fromStamp, toStamp);
      if (range.length == 0) {
        connection.commit();
        return List.of();
      }
      Set<RecordId> drawn = new LinkedHashSet<>();
      try (PreparedStatement statement =
          connection.prepareStatement(
              String.join(" UNION ALL ", Collections.nCopies(DRAWN_POINTS - 1, point))
                  + " UNION ALL "
                  + last)) {
        for (int i = 0; i < DRAWN_POINTS; i++) {
          boolean edge = i == 0 || i == DRAWN_POINTS - 1;
          statement.setLong(2 * i + 1, edge ? range[0] : random.nextLong(range[0], range[1] + 1));
          statement.setLong(2 * i + 2, toStamp);
        }
        try (ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            drawn.add(RecordId.of(result.getBytes(1)));
          }
        }
      }
      connection.commit();
      return List.copyOf(drawn);
    }
  }

  /** The smallest and the greatest stamp of a window; nothing when it has no row. */
  private long[] range(Connection connection, long fromStamp, long toStamp) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT MIN(stamp), MAX(stamp) FROM " + table + " WHERE stamp >= ? AND stamp < ?")) {
      statement.setLong(1, fromStamp);
      statement.setLong(2, toStamp);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        Long first = result.getObject(1, Long.class);
        return first == null ? new long[0] : new long[] {first, result.getLong(2)};
      }
    }
  }

  @Override
  public List<RecordId> draw(
      long fromStamp,
      long toStamp,
      String column,
      Collection<String> values,
      int among,
      RandomGenerator random)
      throws SQLException {
    if (values.isEmpty()) {
      return List.of();
    }
    String sql =
        "SELECT id FROM (SELECT id, `%1$s` AS named FROM %2$s FORCE INDEX (by_stamp) WHERE stamp >= ? AND stamp < ? ORDER BY stamp LIMIT ?) drawn WHERE named IN (%3$s) LIMIT %4$d"
            .formatted(
                column,
                table,
                String.join(",", Collections.nCopies(values.size(), "?")),
                DRAWN_AT_EACH * 2);
    try (Connection connection = LongQuestions.connect(dataSource)) {
      List<RecordId> drawn = new ArrayList<>();
      long[] range = range(connection, fromStamp, toStamp);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int attempt = 0; attempt < 2 && drawn.isEmpty() && range.length > 0; attempt++) {
          statement.setLong(1, attempt == 0 ? random.nextLong(range[0], range[1] + 1) : range[0]);
          statement.setLong(2, toStamp);
          statement.setInt(3, among);
          int parameter = 4;
          for (String value : values) {
            statement.setString(parameter++, value);
          }
          try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
              drawn.add(RecordId.of(result.getBytes(1)));
            }
          }
        }
      }
      connection.commit();
      return drawn;
    }
  }

  @Override
  public Map<RecordId, RawRow> witness(Collection<RecordId> ids) throws SQLException {
    Map<RecordId, RawRow> rows = new HashMap<>();
    forEach(
        ids,
        columns,
        result -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          for (int i = 0; i < types.size(); i++) {
            RawRow.append(bytes, result.getBytes(i + FIRST_COLUMN));
          }
          RecordId id = RecordId.of(result.getBytes(1));
          RouteReason reason = RouteReason.of(result.getBytes(2));
          byte[] all = bytes.toByteArray();
          rows.put(id, new RawRow(id, result.getLong(3), reason, all, 0, all.length));
        });
    return rows;
  }

  private interface ResultSink {
    void row(ResultSet result) throws SQLException;
  }

  private void forEach(Collection<RecordId> ids, String select, ResultSink sink)
      throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (Connection connection = LongQuestions.connect(dataSource);
        PreparedStatement statement = connection.prepareStatement(byId(select + from, ids))) {
      bind(statement, ids);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          sink.row(result);
        }
      }
      connection.commit();
    }
  }

  /** A question for rows of these ids, to be bound with {@link #bind}. */
  static String byId(String select, Collection<RecordId> ids) {
    return select + " WHERE id IN (" + String.join(",", Collections.nCopies(ids.size(), "?")) + ")";
  }

  /** Ids come in any number: kept, a statement of each size would hold memory for itself. */
  static void bind(PreparedStatement byId, Collection<RecordId> ids) throws SQLException {
    byId.setPoolable(false);
    int parameter = 1;
    for (RecordId id : ids) {
      byId.setBytes(parameter++, id.bytes());
    }
  }

  private StoredRow read(ResultSet result) throws SQLException {
    List<StoredRow.Unreadable> unreadable = new ArrayList<>();
    RouteReason reason = RouteReason.of(result.getBytes(2));
    if (reason == null) {
      unreadable.add(new StoredRow.Unreadable("route_reason", result.getString(2)));
    }
    List<@Nullable Object> values = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      try {
        Object value = result.getObject(i + FIRST_COLUMN, types.get(i));
        // 1.0 and 1.00 are one number, but not one BigDecimal; the outputs' scales may differ.
        values.add(
            value instanceof BigDecimal decimal
                ? decimal.stripTrailingZeros()
                : value instanceof byte[] bytes ? new StoredRow.Binary(bytes) : value);
      } catch (SQLException e) {
        // The result is here as a whole: it is the value that is at fault, not the server.
        StoredRow.Unreadable column =
            new StoredRow.Unreadable(names.get(i), text(result.getBytes(i + FIRST_COLUMN)));
        unreadable.add(column);
        values.add(column);
      }
    }
    return new StoredRow(
        RecordId.of(result.getBytes(1)), result.getLong(3), reason, values, unreadable);
  }

  /** What the server sent, printable. */
  private static String text(byte[] sent) {
    boolean printable = true;
    for (byte b : sent) {
      printable &= b >= ' ';
    }
    return printable
        ? new String(sent, StandardCharsets.US_ASCII)
        : "0x" + HexFormat.of().formatHex(sent);
  }
}
