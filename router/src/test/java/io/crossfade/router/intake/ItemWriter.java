package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.DefinedRecord;
import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RowsSpec;
import io.crossfade.db.kind.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record of a kind that a file defines as somebody would send it: what is read of it is
 * that record again. It shares no code with the readers.
 */
public final class ItemWriter {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /**
   * An item.
   *
   * @param around what the object around it says; empty when nothing has to be
   */
  public record Sent(ObjectNode item, ObjectNode around) {

    /** Whether both may stand in one list. */
    public boolean fitsBeside(Sent other) {
      return around.equals(other.around);
    }
  }

  private final KindSpec spec;
  private final ValueWriter values;

  /**
   * @param random chooses among spellings of one value
   */
  public ItemWriter(KindSpec spec, Random random) {
    this.spec = spec;
    this.values = new ValueWriter(random);
  }

  /** An item; empty when none says all of this, as where two fields stand in one place. */
  public Optional<Sent> write(DefinedRecord record) {
    Sent sent = new Sent(JSON.objectNode(), JSON.objectNode());
    List<ObjectNode> around = spec.wrappedIn().isEmpty() ? List.of() : List.of(sent.around());
    int table = 0;
    for (TableSpec of : spec.tables()) {
      if (of.rows() != null && !put(of.rows(), record.rows().get(table++), sent, around)) {
        return Optional.empty();
      }
    }
    return put(spec.fields(), record.values(), sent.item(), around)
            && !sent.item().isEmpty()
            && !isItemItself(sent.around())
        ? Optional.of(sent)
        : Optional.empty();
  }

  /** An upload of items that fit beside one another, which is nothing but them if it can be. */
  public JsonNode upload(List<Sent> items) {
    ArrayNode list = JSON.arrayNode();
    items.forEach(sent -> list.add(sent.item()));
    JsonNode all = list.size() == 1 ? list.get(0) : list;
    ObjectNode around = items.getFirst().around();
    return around.isEmpty() ? all : around.deepCopy().set(spec.wrappedIn().getFirst(), all);
  }

  /** The same, wrapped where the kind wraps its items. */
  public JsonNode wrapped(List<Sent> items) {
    JsonNode all = upload(items);
    return spec.wrappedIn().isEmpty() || !items.getFirst().around().isEmpty()
        ? all
        : JSON.objectNode().set(spec.wrappedIn().getLast(), all);
  }

  private boolean put(
      RowsSpec rows, List<List<@Nullable Object>> given, Sent sent, List<ObjectNode> around) {
    ArrayNode list = JSON.arrayNode();
    List<ObjectNode> outer = new ArrayList<>(around);
    outer.add(sent.item());
    for (List<@Nullable Object> row : given) {
      ObjectNode object = list.addObject();
      if (!put(rows.fields(), row, object, outer)) {
        return false;
      }
    }
    return put(list, rows.from(), sent.item(), around);
  }

  private boolean put(
      List<FieldSpec> fields,
      List<@Nullable Object> given,
      ObjectNode item,
      List<ObjectNode> around) {
    for (int i = 0; i < fields.size(); i++) {
      Object value = given.get(i);
      if (value != null) {
        JsonNode written = values.write(fields.get(i), value);
        if (written == null || !put(written, fields.get(i).from(), item, around)) {
          return false;
        }
      }
    }
    for (int i = 0; i < fields.size(); i++) {
      if (given.get(i) == null && found(fields.get(i).from(), item, around) != null) {
        return false;
      }
    }
    return true;
  }

  /** Puts a value where it is found: under the first path that is free. */
  private static boolean put(
      JsonNode value, List<FieldPath> paths, ObjectNode item, List<ObjectNode> around) {
    for (FieldPath path : paths) {
      if (path.around() && around.isEmpty()) {
        continue;
      }
      ObjectNode at = path.around() ? around.getLast() : item;
      if (put(value, path.names(), at)) {
        return value.equals(found(paths, item, around));
      }
    }
    return false;
  }

  private static boolean put(JsonNode value, List<String> names, ObjectNode in) {
    ObjectNode at = in;
    for (String name : names.subList(0, names.size() - 1)) {
      JsonNode next = at.get(name);
      if (next == null) {
        next = at.putObject(name);
      }
      if (!(next instanceof ObjectNode object)) {
        return false;
      }
      at = object;
    }
    JsonNode there = at.get(names.getLast());
    if (there == null) {
      at.set(names.getLast(), value);
    }
    return there == null || there.equals(value);
  }

  private static @Nullable JsonNode found(
      List<FieldPath> paths, ObjectNode item, List<ObjectNode> around) {
    for (FieldPath path : paths) {
      for (ObjectNode in : path.around() ? around.reversed() : List.of(item)) {
        JsonNode at = in;
        for (String name : path.names()) {
          at = at.path(name);
        }
        if (!at.isMissingNode()) {
          return at;
        }
      }
    }
    return null;
  }

  /** Whether the object around items says itself what makes one. */
  private boolean isItemItself(ObjectNode around) {
    return spec.fields().stream()
        .filter(field -> field.required() || spec.identity().contains(field.name()))
        .map(field -> field.from().stream().filter(path -> !path.around()).toList())
        .map(own -> found(own, around, List.of()))
        .allMatch(Objects::nonNull);
  }
}
