package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.kind.FieldPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Those of a kind that a file defines: the objects around an item, each with no more than its
 * fields look for there.
 */
final class PathSurroundings implements Surroundings {

  /** Characters of the objects around an item that it keeps, so that no upload multiplies. */
  static final int LONGEST = 4096;

  private final List<String> wrapped;
  private final List<FieldPath> paths;
  private final Map<JsonNode, List<ObjectNode>> shells = new IdentityHashMap<>();

  /**
   * @param wrapped names under which an object has others
   * @param paths that look around an item
   */
  PathSurroundings(List<String> wrapped, List<FieldPath> paths) {
    this.wrapped = wrapped;
    // What holds others comes first, whole.
    this.paths =
        paths.stream()
            .distinct()
            .sorted(Comparator.comparingInt((FieldPath path) -> path.names().size()))
            .toList();
  }

  @Override
  public JsonNode of(Item item) {
    if (item.around().isEmpty()) {
      return item.node();
    }
    JsonNode upload = item.node();
    // In a list even what is empty is an item, as it was.
    if (Values.isEmpty(upload) || (upload.isContainerNode() && upload.isEmpty())) {
      upload = JsonNodeFactory.instance.arrayNode().add(upload);
    }
    List<ObjectNode> kept =
        shells.computeIfAbsent(item.around().getLast(), nearest -> shells(item.around()));
    for (ObjectNode shell : kept.reversed()) {
      upload = shell.deepCopy().set(wrapped.getFirst(), upload);
    }
    return upload;
  }

  /** Of each object around an item, what is looked for; the nearest, which count, first of all. */
  private List<ObjectNode> shells(List<JsonNode> around) {
    List<ObjectNode> kept = new ArrayList<>();
    int left = LONGEST;
    for (JsonNode outer : around.reversed()) {
      ObjectNode shell = JsonNodeFactory.instance.objectNode();
      for (FieldPath path : paths) {
        List<String> names = path.names();
        int end = end(outer, names);
        JsonNode value = at(outer, names.subList(0, end));
        if (value != null && at(shell, names.subList(0, end(shell, names))) == null) {
          int room = left - path.toString().length();
          int rest = left(value, room);
          if (rest >= 0) {
            left = rest;
            put(shell, names.subList(0, end), value);
          } else if (room >= 2) {
            // Read again, its field must not be as one that was not sent.
            left = room - 2;
            put(shell, names.subList(0, end), JsonNodeFactory.instance.arrayNode());
          }
        }
      }
      kept.addFirst(shell);
    }
    return kept;
  }

  /**
   * How many of these names lead to a value. It may stand before their end, where none leads
   * further: a field is then unreadable, and stays so.
   */
  private static int end(JsonNode from, List<String> names) {
    @Nullable JsonNode node = from.get(names.getFirst());
    int end = 1;
    while (end < names.size() && node != null && node.isObject()) {
      node = node.get(names.get(end++));
    }
    return end;
  }

  private static @Nullable JsonNode at(JsonNode from, List<String> names) {
    @Nullable JsonNode node = from;
    for (String name : names) {
      node = node == null ? null : node.get(name);
    }
    return Values.isEmpty(node) ? null : node;
  }

  private static void put(ObjectNode shell, List<String> names, JsonNode value) {
    ObjectNode into = shell;
    for (String name : names.subList(0, names.size() - 1)) {
      into = into.get(name) instanceof ObjectNode inner ? inner : into.putObject(name);
    }
    into.set(names.getLast(), value);
  }

  /** What is left of so many characters behind a value; below 0 when it has more. */
  private static int left(JsonNode value, int characters) {
    if (!value.isContainerNode()) {
      return characters - value.asText().length() - 2;
    }
    int left = characters - 2;
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      left -= field.getKey().length() + 4;
      if (left < 0) {
        return left;
      }
    }
    for (JsonNode inner : value) {
      left = left(inner, left - 1);
      if (left < 0) {
        return left;
      }
    }
    return left;
  }
}
