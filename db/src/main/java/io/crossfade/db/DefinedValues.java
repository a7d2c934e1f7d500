package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TypeSpec;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of fields that a file defines, in an entry: an object of those that are set, by their
 * names. Fields can so be added and moved; a name that is not known here belongs to a newer file,
 * and what it says must not be left out.
 */
final class DefinedValues {

  private final List<FieldSpec> fields;
  private final Map<String, Integer> index = new HashMap<>();

  DefinedValues(List<FieldSpec> fields) {
    this.fields = List.copyOf(fields);
    for (int i = 0; i < fields.size(); i++) {
      index.put(fields.get(i).name(), i);
    }
  }

  /** Appends those of these fields that are set, each under its name. */
  void write(JsonGenerator out, List<@Nullable Object> values) throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      Object value = values.get(i);
      if (value != null) {
        out.writeFieldName(fields.get(i).name());
        write(out, value);
      }
    }
  }

  /** Reads what a name stands for that is none of these fields; the parser stands at its value. */
  interface Others {
    void read(String name) throws IOException;
  }

  /**
   * Reads an object, behind whose beginning the parser stands. A field that it lacks, since an
   * older file had none, has its default.
   */
  List<@Nullable Object> read(JsonParser in, Others others) throws IOException {
    @Nullable Object[] values = fields.stream().map(FieldSpec::otherwise).toArray();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      Integer field = index.get(name);
      in.nextToken();
      if (field == null) {
        others.read(name);
      } else {
        values[field] = read(in, fields.get(field).type());
      }
    }
    return DefinedRecord.values(values);
  }

  /** Reads a value, at which the parser stands. */
  private static Object read(JsonParser in, TypeSpec type) throws IOException {
    return switch (type) {
      case TypeSpec.Int of -> in.getLongValue();
      case TypeSpec.Decimal of -> BigDecimal.valueOf(in.getLongValue(), of.scale());
      case TypeSpec.Real of -> in.getDoubleValue();
      case TypeSpec.Bool of -> in.getBooleanValue();
      case TypeSpec.Instant of -> LocalDateTime.ofEpochSecond(in.getLongValue(), 0, ZoneOffset.UTC);
      case TypeSpec.Date of -> LocalDate.ofEpochDay(in.getLongValue());
      case TypeSpec.Bytes of -> in.getBinaryValue();
      case TypeSpec.Text of -> text(in);
      case TypeSpec.Json of -> text(in);
      case TypeSpec.Choice of -> text(in);
    };
  }

  /** What a value is in words that are the same for it and for what a table gives back. */
  static String key(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case BigDecimal decimal -> decimal.stripTrailingZeros().toPlainString();
      case Boolean bool -> bool ? "1" : "0";
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      case StoredRow.Binary bytes -> bytes.hex();
      default -> value.toString();
    };
  }

  /** What a value takes of the heap beside its record, bytes. */
  static long weight(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case String text -> RecordWeight.of(text);
      case byte[] bytes -> 16 + bytes.length;
      default -> 32;
    };
  }

  private static void write(JsonGenerator out, Object value) throws IOException {
    switch (value) {
      case String text -> out.writeString(text);
      case Long number -> out.writeNumber(number);
      case BigDecimal decimal -> out.writeNumber(decimal.unscaledValue().longValueExact());
      case Double real -> out.writeNumber(real);
      case Boolean bool -> out.writeBoolean(bool);
      case LocalDateTime time -> out.writeNumber(time.toEpochSecond(ZoneOffset.UTC));
      case LocalDate date -> out.writeNumber(date.toEpochDay());
      case byte[] bytes -> out.writeBinary(bytes);
      default -> throw new IllegalArgumentException("No value of a field: " + value.getClass());
    }
  }

  private static String text(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException("Text expected");
    }
    return in.getText();
  }
}
