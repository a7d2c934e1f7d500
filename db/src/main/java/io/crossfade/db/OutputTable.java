package io.crossfade.db;

import io.crossfade.db.field.Field;
import io.crossfade.db.field.FieldType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One table of an output: its columns, how a row is bound and how rows of the same id converge. The
 * upsert commutes: whatever the order and the repeats, the same row wins.
 *
 * @param <R> what a row is made from
 */
public final class OutputTable<R> {

  /**
   * Most rows of one statement: as many as save a round trip for each, and so few that what the
   * server keeps for their parameters stays in its processor's cache.
   */
  public static final int ROWS_PER_STATEMENT = 100;

  private static final int[] STATEMENT_SIZES = {ROWS_PER_STATEMENT, 50, 20, 10, 5, 2, 1};

  /** Which of several rows with one id stays. */
  enum Winner {
    /** The smallest stamp: a repeat is skipped. */
    FIRST_ACCEPTED("LEAST(stamp, VALUES(stamp))"),
    /** The greatest stamp: the state is current where records have no time of their own. */
    LAST_ACCEPTED("GREATEST(stamp, VALUES(stamp))"),
    /** The greatest (time, stamp): the state is current. */
    LATEST("IF((VALUES(`%1$s`), VALUES(stamp)) > (`%1$s`, stamp), VALUES(stamp), stamp)"),
    /** The greatest (good, time, stamp): what says that it failed yields to what did not. */
    LATEST_GOOD(
        "IF((VALUES(good), VALUES(`%1$s`), VALUES(stamp)) > (good, `%1$s`, stamp),"
            + " VALUES(stamp), stamp)");

    private final String stamp;

    Winner(String stamp) {
      this.stamp = stamp;
    }

    /** The stamp that stays, in SQL. */
    String stamp(String timeColumn) {
      return stamp.formatted(timeColumn);
    }
  }

  private static final String TIME = "timestamp";

  private final String name;
  private final Winner winner;
  private final List<Column<R>> columns;
  private final List<Column.Type> types;
  private final List<String> comparedColumns;
  private final String deviceColumn;
  private final String timeColumn;
  private final Function<R, RecordId> id;
  private final String insert;
  private final String row;
  private final String onDuplicate;
  private final Map<Integer, String> upserts = new ConcurrentHashMap<>();

  private OutputTable(
      String name,
      Winner winner,
      Function<R, RecordId> id,
      List<Column<R>> columns,
      String deviceColumn,
      String timeColumn) {
    this.name = name;
    this.winner = winner;
    this.deviceColumn = deviceColumn;
    this.timeColumn = timeColumn;
    this.columns = List.copyOf(columns);
    this.types = columns.stream().map(Column::type).toList();
    this.comparedColumns = compared().map(Column::name).toList();
    this.id = id;
    this.insert =
        columns.stream()
            .map(column -> "`" + column.name() + "`")
            .collect(Collectors.joining(", ", "INSERT INTO " + name + " (", ") VALUES "));
    this.row = columns.stream().map(column -> "?").collect(Collectors.joining(",", "(", ")"));
    // Assignments run left to right: the stamp first, and whoever owns it then owns the row.
    this.onDuplicate =
        columns.stream()
            .skip(2)
            .map(
                c ->
                    "`%1$s` = IF(stamp = VALUES(stamp), VALUES(`%1$s`), `%1$s`)"
                        .formatted(c.name()))
            .collect(
                Collectors.joining(
                    ", ",
                    " ON DUPLICATE KEY UPDATE stamp = " + winner.stamp(timeColumn) + ", ",
                    ""));
  }

  /** Name in the schema, without the schema. */
  public String name() {
    return name;
  }

  /** The column that names the device. */
  public String deviceColumn() {
    return deviceColumn;
  }

  /**
   * Names of the columns that the two outputs must agree on, in the order of {@link
   * StoredRow#values}.
   */
  public List<String> comparedColumns() {
    return comparedColumns;
  }

  /** How its rows say that they go ahead of others; empty when none ever does. */
  public Optional<UrgentRows> urgentRows() {
    return OutputTables.kindOf(name)
        .definition()
        .urgentRows()
        .filter(urgent -> comparedColumns.contains(urgent.column()));
  }

  /** Value of a compared column in a stored row. */
  public @Nullable Object value(StoredRow row, String column) {
    return row.values().get(comparedColumns.indexOf(column));
  }

  /** Whether a row of it follows the newest acceptance, not the first. */
  public boolean holdsStates() {
    return winner != Winner.FIRST_ACCEPTED;
  }

  /**
   * Whether a row stays where both meet, whichever comes first. Of rows with one stamp, which one
   * acceptance made, neither does.
   */
  public boolean staysBefore(StoredRow one, StoredRow other) {
    return switch (winner) {
      case FIRST_ACCEPTED -> one.stamp() < other.stamp();
      case LAST_ACCEPTED -> one.stamp() > other.stamp();
      case LATEST -> {
        int byTime = time(one).compareTo(time(other));
        yield one.stamp() != other.stamp()
            && (byTime != 0 ? byTime > 0 : one.stamp() > other.stamp());
      }
      case LATEST_GOOD -> {
        int byGood = Boolean.compare(isGood(one), isGood(other));
        int byTime = byGood != 0 ? byGood : time(one).compareTo(time(other));
        yield one.stamp() != other.stamp()
            && (byTime != 0 ? byTime > 0 : one.stamp() > other.stamp());
      }
    };
  }

  private boolean isGood(StoredRow row) {
    return Objects.requireNonNull(value(row, "good"), "good").equals(1L);
  }

  private LocalDateTime time(StoredRow row) {
    return (LocalDateTime) Objects.requireNonNull(value(row, timeColumn), timeColumn);
  }

  /** Java types of {@link #comparedColumns} as they are read back. */
  public List<Class<?>> comparedTypes() {
    return compared().<Class<?>>map(column -> column.type().javaType()).toList();
  }

  private java.util.stream.Stream<Column<R>> compared() {
    return columns.stream().filter(Column::compared);
  }

  RecordId id(R source) {
    return id.apply(source);
  }

  /**
   * How many rows the next statement takes: one of a few sizes, so that the server has parsed it
   * before.
   *
   * @param left rows that are not stored yet
   */
  private static int statementSize(int left) {
    return Arrays.stream(STATEMENT_SIZES).filter(size -> size <= left).findFirst().orElseThrow();
  }

  /**
   * The statement for so many rows.
   *
   * @param rows as {@link #statementSize} gives it
   */
  String upsert(int rows) {
    return upserts.computeIfAbsent(rows, this::newUpsert);
  }

  private String newUpsert(int rows) {
    StringBuilder sql =
        new StringBuilder(insert.length() + rows * (row.length() + 1) + onDuplicate.length());
    sql.append(insert).append(row);
    for (int i = 1; i < rows; i++) {
      sql.append(',').append(row);
    }
    return sql.append(onDuplicate).toString();
  }

  /** All columns that a writer sets, in the order of {@link #upsert}. */
  List<Column<R>> columns() {
    return columns;
  }

  /** Names of all columns that a writer sets, in the order of {@link #upsert}. */
  List<String> writtenColumns() {
    return columns.stream().map(Column::name).toList();
  }

  /** Types of {@link #writtenColumns}. */
  List<Column.Type> writtenTypes() {
    return types;
  }

  /** Rows as they are sent, in their order. */
  EncodedRows<R> encode(List<R> rows) {
    return new EncodedRows<>(rows, types, (row, column) -> columns.get(column).value().apply(row));
  }

  /**
   * Rows as another output has them, as they are sent.
   *
   * @param rows values of {@link #writtenColumns}, of {@link #writtenTypes}
   */
  EncodedRows<List<@Nullable Object>> encodeValues(List<List<@Nullable Object>> rows) {
    return new EncodedRows<>(rows, types, List::get);
  }

  /**
   * Stores rows in their order, with as few statements as it takes; the caller commits.
   *
   * @param rows of this table
   */
  void upsert(Connection connection, EncodedRows<?> rows) throws SQLException {
    for (int from = 0; from < rows.size(); ) {
      int taken = statementSize(rows.size() - from);
      // Pools keep statements by their text: all that run this one must bind it alike.
      try (PreparedStatement statement = connection.prepareStatement(upsert(taken))) {
        if (!EncodedParameter.bind(statement, rows, from, from + taken)) {
          rows.bind(statement, from, from + taken);
        }
        statement.executeUpdate();
      }
      from += taken;
    }
  }

  static <R> Builder<R> named(
      String name, Winner winner, Function<R, RecordId> id, Function<R, Acceptance> acceptance) {
    return new Builder<>(name, winner, id, acceptance);
  }

  /**
   * Collects columns in the order in which they are bound; every table starts with the same three.
   */
  static final class Builder<R> {

    private final String name;
    private final Winner winner;
    private final Function<R, RecordId> id;
    private final List<Column<R>> columns = new ArrayList<>();
    private String deviceColumn = "";
    private String timeColumn = TIME;

    private Builder(
        String name, Winner winner, Function<R, RecordId> id, Function<R, Acceptance> acceptance) {
      this.name = name;
      this.winner = winner;
      this.id = id;
      add("id", Column.Type.BYTES, false, source -> id.apply(source).bytes());
      add("stamp", Column.Type.INTEGER, false, source -> acceptance.apply(source).stamp());
      add("route_reason", Column.Type.TEXT, false, s -> acceptance.apply(s).reason().name());
    }

    /** The column that names whose row it is. */
    Builder<R> device(String column, Function<R, @Nullable Object> value) {
      return deviceColumn(column).text(column, value);
    }

    Builder<R> deviceColumn(String column) {
      this.deviceColumn = column;
      return this;
    }

    /** The column by whose time the latest row is known; {@code timestamp} unless it is said. */
    Builder<R> timeColumn(String column) {
      this.timeColumn = column;
      return this;
    }

    Builder<R> text(String column, Function<R, @Nullable Object> value) {
      return add(column, Column.Type.TEXT, true, value);
    }

    Builder<R> integer(String column, Function<R, @Nullable Object> value) {
      return add(column, Column.Type.INTEGER, true, value);
    }

    Builder<R> date(String column, Function<R, @Nullable Object> value) {
      return add(column, Column.Type.DATE, true, value);
    }

    Builder<R> dateTime(String column, Function<R, @Nullable Object> value) {
      return add(column, Column.Type.DATE_TIME, true, value);
    }

    Builder<R> owner(Function<R, Owner> owner) {
      return integer("customer_id", source -> owner.apply(source).customerId())
          .integer("org_id", source -> owner.apply(source).orgId())
          .integer("user_id", source -> owner.apply(source).userId());
    }

    /** A column for each field that is stored. */
    Builder<R> fields(List<Field<R>> fields) {
      for (Field<R> field : fields) {
        if (field.stored()) {
          field(field);
        }
      }
      return this;
    }

    private void field(Field<R> field) {
      Function<R, @Nullable Object> value = field.value();
      switch (field.type()) {
        case FieldType.Text text -> text(field.name(), value);
        case FieldType.Int whole -> integer(field.name(), value);
        case FieldType.BigInt whole -> integer(field.name(), value);
        case FieldType.Bool bool ->
            integer(field.name(), row -> Boolean.TRUE.equals(value.apply(row)) ? 1L : 0L);
        case FieldType.Decimal decimal -> add(field.name(), Column.Type.DECIMAL, true, value);
        case FieldType.Real real -> add(field.name(), Column.Type.DOUBLE, true, value);
        case FieldType.Choice choice -> text(field.name(), row -> String.valueOf(value.apply(row)));
        case FieldType.Texts<?> texts ->
            throw new IllegalArgumentException(field.name() + " has rows of its own");
      }
    }

    OutputTable<R> build() {
      return new OutputTable<>(name, winner, id, columns, deviceColumn, timeColumn);
    }

    Builder<R> add(
        String column, Column.Type type, boolean compared, Function<R, @Nullable Object> value) {
      columns.add(new Column<>(column, type, compared, value));
      return this;
    }
  }
}
