package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.RowsSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the rows of an item that stand in it as a list. */
final class RowsReader {

  /** Each takes more of the heap than of the body. */
  static final int MOST = 1000;

  private final RowsSpec spec;
  private final FieldReader fields;
  private final int[] key;

  /** For messages: where its list stands first of all. */
  private final String name;

  RowsReader(RowsSpec spec) {
    this.spec = spec;
    this.fields = new FieldReader(spec.fields());
    List<String> names = spec.fields().stream().map(FieldSpec::name).toList();
    this.key = spec.key().stream().mapToInt(names::indexOf).toArray();
    this.name = spec.from().getFirst().toString();
  }

  /**
   * Reads its rows, in their order; an item without a list has none.
   *
   * @return of each row its values, in the order of its fields
   * @throws UnreadableItemException when there is no list but something else, when a row cannot be
   *     read, or two have the same key, of which one would vanish
   */
  List<@Nullable Object[]> read(Item item) throws UnreadableItemException {
    JsonNode list = FieldReader.first(item, spec.from(), name);
    if (list == null) {
      return List.of();
    }
    if (!list.isArray()) {
      throw new UnreadableItemException(UnreadableReason.FIELD_UNREADABLE, name);
    }
    if (list.size() > MOST) {
      throw new UnreadableItemException(UnreadableReason.RECORD_TOO_LARGE, name);
    }
    List<@Nullable Object[]> rows = new ArrayList<>(list.size());
    Set<List<Object>> keys = new HashSet<>();
    for (JsonNode node : list) {
      if (!node.isObject()) {
        throw new UnreadableItemException(UnreadableReason.FIELD_UNREADABLE, name);
      }
      @Nullable Object[] row = row(item.inner(node));
      if (key.length > 0 && !keys.add(key(row))) {
        throw new UnreadableItemException(UnreadableReason.ROW_REPEATED, name);
      }
      rows.add(row);
    }
    return rows;
  }

  private @Nullable Object[] row(Item item) throws UnreadableItemException {
    try {
      return fields.read(item).values();
    } catch (UnreadableItemException e) {
      throw new UnreadableItemException(e.reason(), name + "." + e.field());
    }
  }

  private List<Object> key(@Nullable Object[] row) {
    List<Object> values = new ArrayList<>(key.length);
    for (int field : key) {
      Object value = row[field];
      values.add(
          value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value));
    }
    return values;
  }
}
