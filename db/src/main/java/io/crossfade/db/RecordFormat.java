package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.crossfade.db.field.Field;
import io.crossfade.db.field.FieldType;
import io.crossfade.db.field.FieldValues;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the records of a built-in kind hold, said once: entries, columns and weights follow from it.
 */
final class RecordFormat<R extends AcceptedRecord> {

  /** Makes a record of what every one has and of its kind's own fields. */
  interface Maker<R> {
    R make(Acceptance acceptance, String deviceSn, LocalDateTime timestamp, FieldValues values);
  }

  private final Class<R> type;
  private final List<Field<R>> fields;
  private final Maker<R> maker;

  private RecordFormat(Class<R> type, List<Field<R>> fields, Maker<R> maker) {
    this.type = type;
    this.fields = List.copyOf(fields);
    this.maker = maker;
  }

  /** Its own fields, in the order of the entry format. */
  List<Field<R>> fields() {
    return fields;
  }

  /** Appends the record's own fields. */
  void write(JsonGenerator out, AcceptedRecord accepted) throws IOException {
    R own = type.cast(accepted);
    for (Field<R> field : fields) {
      field.type().write(out, field.value().apply(own));
    }
  }

  /** Reads what {@link #write} wrote. */
  R read(JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException {
    return maker.make(acceptance, deviceSn, timestamp, FieldValues.read(fields, in));
  }

  /** What its texts take of the heap, bytes. */
  long texts(AcceptedRecord accepted) {
    R own = type.cast(accepted);
    long sum = 0;
    for (Field<R> field : fields) {
      if (field.type() instanceof FieldType.Text) {
        sum += RecordWeight.of((String) field.value().apply(own));
      }
    }
    return sum;
  }

  /** What the texts that become rows of their own take, bytes. */
  long documents(AcceptedRecord accepted) {
    R own = type.cast(accepted);
    long sum = 0;
    for (Field<R> field : fields) {
      if (field.type() instanceof FieldType.Texts
          && field.value().apply(own) instanceof Map<?, ?> texts) {
        for (Object text : texts.values()) {
          sum += RecordWeight.of((String) text);
        }
      }
    }
    return sum;
  }

  static <R extends AcceptedRecord> Builder<R> of(Class<R> type) {
    return new Builder<>(type);
  }

  /** Collects fields in the order of the entry format. */
  static final class Builder<R extends AcceptedRecord> {

    private static final int DEGREE_SCALE = 6;

    private final Class<R> type;
    private final List<Field<R>> fields = new ArrayList<>();

    private Builder(Class<R> type) {
      this.type = type;
    }

    Builder<R> text(String name, Function<R, @Nullable Object> value) {
      return add(name, new FieldType.Text(/* required= */ false), value);
    }

    Builder<R> requiredText(String name, Function<R, @Nullable Object> value) {
      return add(name, new FieldType.Text(/* required= */ true), value);
    }

    Builder<R> integer(String name, Function<R, @Nullable Object> value) {
      return add(name, new FieldType.Int(), value);
    }

    Builder<R> decimal(String name, int scale, Function<R, @Nullable Object> value) {
      return add(name, new FieldType.Decimal(scale), value);
    }

    Builder<R> real(String name, Function<R, @Nullable Object> value) {
      return add(name, new FieldType.Real(), value);
    }

    Builder<R> choice(
        String name, List<? extends Enum<?>> constants, Function<R, @Nullable Object> value) {
      return add(name, new FieldType.Choice(constants), value);
    }

    Builder<R> owner() {
      add("customer_id", new FieldType.BigInt(), source -> source.owner().customerId());
      add("org_id", new FieldType.BigInt(), source -> source.owner().orgId());
      return add("user_id", new FieldType.BigInt(), source -> source.owner().userId());
    }

    Builder<R> position(Function<R, Position> position) {
      return decimal("latitude", DEGREE_SCALE, source -> position.apply(source).latitude())
          .decimal("longitude", DEGREE_SCALE, source -> position.apply(source).longitude())
          .real("altitude", source -> position.apply(source).altitude());
    }

    /** A field that is in entries alone. */
    Builder<R> inEntries(String name, FieldType fieldType, Function<R, @Nullable Object> value) {
      fields.add(new Field<>(name, fieldType, /* stored= */ false, value));
      return this;
    }

    RecordFormat<R> madeBy(Maker<R> maker) {
      return new RecordFormat<>(type, fields, maker);
    }

    private Builder<R> add(String name, FieldType fieldType, Function<R, @Nullable Object> value) {
      fields.add(new Field<>(name, fieldType, /* stored= */ true, value));
      return this;
    }
  }
}
