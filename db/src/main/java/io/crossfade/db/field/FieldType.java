package io.crossfade.db.field;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a field holds, and its form in an entry: one CBOR value, unset as null. Entries are kept:
 * what a type has written once it reads for ever.
 */
public sealed interface FieldType {

  /** Appends a value of this type. */
  void write(JsonGenerator out, @Nullable Object value) throws IOException;

  /**
   * Reads the next value.
   *
   * @throws IOException when it is of no such type, as do {@code RuntimeException}s
   */
  @Nullable Object read(JsonParser in) throws IOException;

  /** A {@code String}. */
  record Text(boolean required) implements FieldType {

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      out.writeString((String) value);
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      return in.nextToken() == JsonToken.VALUE_NULL && !required ? null : text(in);
    }
  }

  /** An {@code Integer}. */
  record Int() implements FieldType {

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      whole(out, (Integer) value);
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      return in.nextToken() == JsonToken.VALUE_NULL ? null : in.getIntValue();
    }
  }

  /** A {@code Long}. */
  record BigInt() implements FieldType {

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      whole(out, (Long) value);
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      return in.nextToken() == JsonToken.VALUE_NULL ? null : in.getLongValue();
    }
  }

  /** A {@code BigDecimal} of one scale, written as the whole number of its smallest unit. */
  record Decimal(int scale) implements FieldType {

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      whole(
          out,
          value == null
              ? null
              : ((BigDecimal) value)
                  .setScale(scale, RoundingMode.UNNECESSARY)
                  .unscaledValue()
                  .longValueExact());
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      return in.nextToken() == JsonToken.VALUE_NULL
          ? null
          : BigDecimal.valueOf(in.getLongValue(), scale);
    }
  }

  /** A {@code Double}. */
  record Real() implements FieldType {

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      if (value == null) {
        out.writeNull();
      } else {
        out.writeNumber((double) value);
      }
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      return in.nextToken() == JsonToken.VALUE_NULL ? null : in.getDoubleValue();
    }
  }

  /** A {@code Boolean}, never unset. */
  record Bool() implements FieldType {

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      out.writeBoolean(Boolean.TRUE.equals(value));
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      in.nextToken();
      return in.getBooleanValue();
    }
  }

  /**
   * One of a few constants, never unset.
   *
   * @param constants by the number that an entry has; only ever appended to
   */
  record Choice(List<? extends Enum<?>> constants) implements FieldType {

    public Choice {
      constants = List.copyOf(constants);
    }

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      out.writeNumber(constants.indexOf(value));
    }

    @Override
    public @Nullable Object read(JsonParser in) throws IOException {
      in.nextToken();
      return constants.get(in.getIntValue());
    }
  }

  /**
   * A text for some of a few constants, as a {@code Map} in their order: the last field, which
   * takes the rest of the entry.
   *
   * @param type constants by the number that an entry has; only ever appended to
   */
  record Texts<E extends Enum<E>>(Class<E> type, List<E> constants) implements FieldType {

    public Texts(Class<E> type) {
      this(type, List.of(type.getEnumConstants()));
    }

    @Override
    public void write(JsonGenerator out, @Nullable Object value) throws IOException {
      if (value instanceof Map<?, ?> texts) {
        for (Map.Entry<?, ?> text : texts.entrySet()) {
          out.writeNumber(constants.indexOf(text.getKey()));
          out.writeString((String) text.getValue());
        }
      }
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      if (in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        return Map.of();
      }
      Map<E, String> texts = new EnumMap<>(type);
      do {
        E constant = constants.get(in.getIntValue());
        in.nextToken();
        texts.put(constant, text(in));
      } while (in.nextToken() == JsonToken.VALUE_NUMBER_INT);
      return texts;
    }
  }

  private static void whole(JsonGenerator out, @Nullable Number value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else {
      out.writeNumber(value.longValue());
    }
  }

  private static String text(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException("Text expected");
    }
    return in.getText();
  }
}
