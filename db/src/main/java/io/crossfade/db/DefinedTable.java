package io.crossfade.db;

import io.crossfade.db.OutputTable.Winner;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.Keep;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RowsSpec;
import io.crossfade.db.kind.TableSpec;
import io.crossfade.db.kind.TypeSpec;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A table that a file defines. */
final class DefinedTable {

  /** The column of a row that is known by its place in the record. */
  static final String POSITION = "position";

  /** Columns of a table beside those that every one has; a row's unset ones are bits of a word. */
  private static final int MOST_COLUMNS = 60;

  /**
   * A row of it.
   *
   * @param values of the row's own fields; {@code null} where a record has one row
   * @param position of the row in the record, from 0
   */
  record Row(DefinedRecord source, @Nullable List<@Nullable Object> values, int position) {}

  /**
   * A column.
   *
   * @param field whose values it holds; {@code null} for {@link #POSITION}
   */
  record Place(String column, @Nullable FieldSpec field) {}

  private final KindSpec kind;
  private final DefinedIdentity identity;
  private final TableSpec spec;
  private final List<Place> places = new ArrayList<>();
  private final OutputTable<Row> output;

  DefinedTable(KindSpec kind, DefinedIdentity identity, TableSpec spec) {
    this.kind = kind;
    this.identity = identity;
    this.spec = spec;
    OutputTable.Builder<Row> table =
        OutputTable.named(spec.name(), winner(), this::id, row -> row.source().acceptance());
    RowsSpec rows = spec.rows();
    if (rows != null && rows.key().isEmpty()) {
      places.add(new Place(POSITION, null));
      table.integer(POSITION, row -> (long) row.position());
    }
    spec.columns().forEach((field, column) -> add(table, field, column));
    if (places.size() > MOST_COLUMNS) {
      throw new IllegalArgumentException(
          "%s has %d columns; %d is the most".formatted(spec.name(), places.size(), MOST_COLUMNS));
    }
    table.deviceColumn(column(kind.cohort()));
    if (kind.time() != null) {
      table.timeColumn(column(kind.time()));
    }
    this.output = table.build();
  }

  OutputTable<Row> output() {
    return output;
  }

  TableSpec spec() {
    return spec;
  }

  /** Its columns beside those that every table has. */
  List<Place> places() {
    return places;
  }

  /** Whether every row has a value: also where its item had none. */
  boolean isNeverUnset(FieldSpec field) {
    return field.required()
        || field.name().equals(kind.time())
        || field.name().equals(kind.cohort())
        || kind.identity().contains(field.name())
        || (spec.rows() != null && spec.rows().key().contains(field.name()));
  }

  /** What a row's columns say of its identity. */
  RowIdentity identity(StoredRow stored) {
    LocalDateTime time =
        kind.time() == null
            ? RecordId.EPOCH
            : (LocalDateTime) Objects.requireNonNull(value(stored, kind.time()), kind.time());
    List<String> key = kind.identity().stream().map(field -> key(stored, field)).toList();
    List<String> row = rowKey(() -> output.value(stored, POSITION), field -> value(stored, field));
    String device = key(stored, kind.cohort());
    return RowIdentity.at(
        time,
        stored.id(),
        moment -> {
          RecordId source = DefinedIds.record(kind, key, moment);
          return new RowIdentity(id(source, () -> key, time, () -> row), source, device);
        });
  }

  private RecordId id(Row row) {
    DefinedRecord source = row.source();
    return id(
        source.acceptance().id(),
        () -> identity.of(source.values()),
        source.timestamp(),
        () -> rowKey(() -> (Object) row.position(), field -> value(row, field)));
  }

  /** Each row of each batch asks, twice: what its id is not made of is not made. */
  private RecordId id(
      RecordId source, Supplier<List<String>> key, LocalDateTime time, Supplier<List<String>> row) {
    if (spec.keep() == Keep.LATEST) {
      return DefinedIds.state(kind, spec, key.get(), row.get());
    }
    return spec.rows() == null ? source : DefinedIds.row(kind, spec, source, time, row.get());
  }

  /** What tells a row from others of its record; empty where there are none. */
  private List<String> rowKey(
      Supplier<@Nullable Object> position, Function<String, @Nullable Object> field) {
    RowsSpec rows = spec.rows();
    if (rows == null) {
      return List.of();
    }
    return rows.key().isEmpty()
        ? List.of(DefinedValues.key(position.get()))
        : rows.key().stream().map(field).map(DefinedValues::key).toList();
  }

  private Winner winner() {
    if (spec.keep() == Keep.FIRST) {
      return Winner.FIRST_ACCEPTED;
    }
    return kind.time() == null ? Winner.LAST_ACCEPTED : Winner.LATEST;
  }

  private void add(OutputTable.Builder<Row> table, String field, String column) {
    RowsSpec rows = spec.rows();
    int own = rows == null ? -1 : indexOf(rows.fields(), field);
    FieldSpec of = own >= 0 ? Objects.requireNonNull(rows).fields().get(own) : kind.field(field);
    places.add(new Place(column, of));
    if (own >= 0) {
      table.add(
          column,
          type(of.type()),
          true,
          row -> stored(Objects.requireNonNull(row.values()).get(own)));
      return;
    }
    int index = kind.indexOf(field);
    boolean time = field.equals(kind.time());
    table.add(
        column,
        type(of.type()),
        true,
        row -> time ? row.source().timestamp() : stored(row.source().values().get(index)));
  }

  private static int indexOf(List<FieldSpec> fields, String name) {
    return fields.stream().map(FieldSpec::name).toList().indexOf(name);
  }

  private @Nullable Object value(Row row, String field) {
    int own = indexOf(Objects.requireNonNull(spec.rows()).fields(), field);
    return Objects.requireNonNull(row.values()).get(own);
  }

  private @Nullable Object value(StoredRow stored, String field) {
    return output.value(stored, column(field));
  }

  private String key(StoredRow stored, String field) {
    return DefinedValues.key(value(stored, field));
  }

  /** The column of a field. */
  String column(String field) {
    Map<String, String> columns = spec.columns();
    return Objects.requireNonNull(columns.get(field), field);
  }

  private static @Nullable Object stored(@Nullable Object value) {
    return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
  }

  private static Column.Type type(TypeSpec type) {
    return switch (type) {
      case TypeSpec.Text of -> Column.Type.TEXT;
      case TypeSpec.Json of -> Column.Type.TEXT;
      case TypeSpec.Choice of -> Column.Type.TEXT;
      case TypeSpec.Int of -> Column.Type.INTEGER;
      case TypeSpec.Bool of -> Column.Type.INTEGER;
      case TypeSpec.Decimal of -> Column.Type.DECIMAL;
      case TypeSpec.Real of -> Column.Type.DOUBLE;
      case TypeSpec.Instant of -> Column.Type.DATE_TIME;
      case TypeSpec.Date of -> Column.Type.DATE;
      case TypeSpec.Bytes of -> Column.Type.BYTES;
    };
  }
}
