package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.crossfade.db.RecordTime;
import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TypeSpec;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads an item by the fields of a definition. A value that says nothing is none, and the next path
 * of its field counts; one that says something has to be of its field's type, exactly: what cannot
 * be read would else vanish, so the item is a letter.
 */
final class FieldReader {

  /** What records are given ids of begins here. */
  private static final int FIRST_YEAR_OF_A_RECORD = 1970;

  private static final int NONE = -1;

  /** Stands for what keeps a path from its end: no value is this one. */
  private static final JsonNode BLOCKED = MissingNode.getInstance();

  /** A field with what reads it. */
  private record Reading(FieldSpec field, Function<JsonNode, @Nullable Object> reader) {}

  private final List<Reading> readings;
  private final int time;

  /**
   * @param fields in the order of their values
   */
  FieldReader(List<FieldSpec> fields) {
    this(fields, null);
  }

  /**
   * @param time name of the field that says when a record was
   */
  FieldReader(List<FieldSpec> fields, @Nullable String time) {
    this.readings =
        fields.stream().map(field -> new Reading(field, TypedReader.of(field))).toList();
    this.time = time == null ? NONE : fields.stream().map(FieldSpec::name).toList().indexOf(time);
  }

  /**
   * What an item says.
   *
   * @param values in the order of the fields, of the Java types of {@link TypeSpec}; {@code null}
   *     where a field has none
   * @param time of the record, with which of two moments that share a local time it is; {@code
   *     null} when it gives none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Fields(@Nullable Object[] values, @Nullable RecordTime time) {}

  /**
   * Reads an item, which is an object.
   *
   * @throws UnreadableItemException when a required field has no value, or one a value that is none
   *     of its type; it names the field
   */
  Fields read(Item item) throws UnreadableItemException {
    @Nullable Object[] values = new @Nullable Object[readings.size()];
    RecordTime own = null;
    for (int i = 0; i < values.length; i++) {
      Object value = value(item, readings.get(i));
      if (value instanceof RecordTime moment) {
        values[i] = moment.local();
        own = i == time ? moment : own;
      } else {
        values[i] = value;
      }
    }
    if (own != null && own.local().getYear() < FIRST_YEAR_OF_A_RECORD) {
      throw new UnreadableItemException(
          UnreadableReason.FIELD_UNREADABLE, readings.get(time).field().name());
    }
    return new Fields(values, own);
  }

  private static @Nullable Object value(Item item, Reading reading) throws UnreadableItemException {
    FieldSpec field = reading.field();
    JsonNode sent = first(item, field.from(), field.name());
    if (sent == null) {
      if (field.required()) {
        throw new UnreadableItemException(UnreadableReason.FIELD_MISSING, field.name());
      }
      return field.otherwise();
    }
    Object value = reading.reader().apply(sent);
    if (value == null) {
      throw new UnreadableItemException(UnreadableReason.FIELD_UNREADABLE, field.name());
    }
    if (field.type() instanceof TypeSpec.Text type
        && value instanceof String text
        // A character of two units is one.
        && text.length() > type.length()
        && text.codePointCount(0, text.length()) > type.length()) {
      throw new UnreadableItemException(UnreadableReason.TEXT_TOO_LONG, field.name());
    }
    return value;
  }

  /**
   * The value under the first of these paths that says something.
   *
   * @param name for a message
   * @throws UnreadableItemException when none does, and one leads through something that is no
   *     object: what was sent there would vanish
   */
  static @Nullable JsonNode first(Item item, List<FieldPath> paths, String name)
      throws UnreadableItemException {
    boolean blocked = false;
    for (FieldPath path : paths) {
      for (JsonNode from : path.around() ? item.around().reversed() : List.of(item.node())) {
        JsonNode value = at(from, path, name);
        if (value != null && !value.isMissingNode()) {
          return value;
        }
        blocked |= value != null;
      }
    }
    if (blocked) {
      throw new UnreadableItemException(UnreadableReason.FIELD_UNREADABLE, name);
    }
    return null;
  }

  private static @Nullable JsonNode at(JsonNode from, FieldPath path, String name)
      throws UnreadableItemException {
    @Nullable JsonNode node = from;
    for (int i = 0; i < path.names().size(); i++) {
      if (node instanceof DeepPart) {
        // What the path means may be in there.
        throw new UnreadableItemException(UnreadableReason.FIELD_UNREADABLE, name);
      }
      if (Values.isEmpty(node)) {
        return null;
      }
      if (i > 0 && !node.isObject()) {
        return BLOCKED;
      }
      node = node.get(path.names().get(i));
    }
    return Values.isEmpty(node) ? null : node;
  }
}
