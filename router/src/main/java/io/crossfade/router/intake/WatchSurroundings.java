package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Those of what watches send: the ids that the objects around an item gave it, the serial, and what
 * the nearest of them says besides.
 */
final class WatchSurroundings implements Surroundings {

  /** Characters of an object around items that each of them keeps, so that no upload multiplies. */
  private static final int LONGEST = 512;

  private static final List<String[]> IDS = List.of(Item.CUSTOMER, Item.ORG, Item.USER);

  private static final List<String> SERIALS =
      List.of("deviceSn", "id", "SerialNumber", "serial_number");

  private final List<String> wrapped;
  private final Map<JsonNode, ObjectNode> shells = new IdentityHashMap<>();

  /**
   * @param wrapped names under which an object has others, the usual one first
   */
  WatchSurroundings(List<String> wrapped) {
    this.wrapped = wrapped;
  }

  @Override
  public JsonNode of(Item item) {
    if (item.around().isEmpty()) {
      return item.node();
    }
    ObjectNode shell =
        shells.computeIfAbsent(item.around().getLast(), nearest -> shell(item.around()));
    ObjectNode upload = JsonNodeFactory.instance.objectNode();
    upload.setAll(shell);
    JsonNode node = item.node();
    boolean says = !Values.isEmpty(node) && !(node.isContainerNode() && node.isEmpty());
    // In a list even what is empty is an item, as it was.
    upload.set(wrapped.getFirst(), says ? node : JsonNodeFactory.instance.arrayNode().add(node));
    return upload;
  }

  private ObjectNode shell(List<JsonNode> around) {
    ObjectNode shell = JsonNodeFactory.instance.objectNode();
    if (around.getLast() instanceof ObjectNode nearest) {
      int length = 0;
      for (Map.Entry<String, JsonNode> field : nearest.properties()) {
        if (!wrapped.contains(field.getKey())) {
          length += field.getKey().length() + length(field.getValue());
          if (length <= LONGEST) {
            shell.set(field.getKey(), field.getValue());
          }
        }
      }
    }
    for (String[] names : IDS) {
      @Nullable Long id = Item.outerId(around, names);
      if (id != null) {
        shell.remove(List.of(names));
        shell.put(names[0], id);
      }
    }
    if (SERIALS.stream().noneMatch(shell::has)) {
      around.reversed().stream()
          .flatMap(outer -> SERIALS.stream().map(outer::get))
          .filter(serial -> !Values.isEmpty(serial) && length(serial) < LONGEST)
          .findFirst()
          .ifPresent(serial -> shell.set(SERIALS.getFirst(), serial));
    }
    return shell;
  }

  /** Of lists and objects at least so much; to ask for their text costs as much as they have. */
  private static int length(JsonNode value) {
    return value.isContainerNode() ? LONGEST : value.asText().length();
  }
}
