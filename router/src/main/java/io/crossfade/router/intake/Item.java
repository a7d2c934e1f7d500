package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.Owner;
import io.crossfade.db.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One item of an upload with the objects around it: what an outer object says of the ids applies to
 * all within it, and comes before what they say themselves. A value that is empty is none: the next
 * name counts.
 *
 * @param node the item
 * @param around the objects around it, outermost first
 */
record Item(JsonNode node, List<JsonNode> around) {

  static final String[] CUSTOMER = {"customerId", "customer_id"};
  static final String[] ORG = {"orgId", "org_id"};
  static final String[] USER = {"userId", "user_id"};

  private static final int TEXT_LENGTH = 255;
  private static final int LATITUDE_PRECISION = 10;
  private static final int DEGREE_SCALE = 6;

  /** The value under the first of these names that has one. */
  @Nullable JsonNode first(String... names) {
    for (String name : names) {
      JsonNode value = node.get(name);
      if (!Values.isEmpty(value)) {
        return value;
      }
    }
    return null;
  }

  Item inner(JsonNode inner) {
    List<JsonNode> outer = new ArrayList<>(around);
    outer.add(node);
    return new Item(inner, outer);
  }

  Owner owner() {
    Long customer = id(CUSTOMER);
    Long org = id(ORG);
    Long user = id(USER);
    return customer == null && org == null && user == null
        ? Owner.UNSET
        : new Owner(customer, org, user);
  }

  /** Text that fits its column, of the first of these names that has any. */
  @Nullable String text(String... names) throws UnreadableItemException {
    for (String name : names) {
      String text = Values.text(node.get(name));
      if (text != null) {
        return fitting(text, TEXT_LENGTH);
      }
    }
    return null;
  }

  Position position() {
    return new Position(
        Values.decimal(first("latitude", "wd"), LATITUDE_PRECISION, DEGREE_SCALE),
        Values.decimal(first("longitude", "jd"), LATITUDE_PRECISION, DEGREE_SCALE),
        Values.real(first("altitude", "hb")));
  }

  /**
   * The same item under names without blanks and underscores, in lower case: devices vary in these.
   */
  Item folded() {
    ObjectNode folded = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = field.getKey().replace(" ", "").replace("_", "").toLowerCase(Locale.ROOT);
      if (Values.isEmpty(folded.get(name))) {
        folded.set(name, field.getValue());
      }
    }
    return new Item(folded, around);
  }

  static @Nullable String fitting(@Nullable String text, int length)
      throws UnreadableItemException {
    if (text != null && text.length() > length) {
      throw new UnreadableItemException(UnreadableReason.TEXT_TOO_LONG);
    }
    return text;
  }

  private @Nullable Long id(String... names) {
    Long outer = outerId(around, names);
    return outer == null ? id(node, names) : outer;
  }

  /** What the objects around an item say of an id. */
  static @Nullable Long outerId(List<JsonNode> around, String... names) {
    for (JsonNode outer : around) {
      Long id = id(outer, names);
      if (id != null) {
        return id;
      }
    }
    return null;
  }

  private static @Nullable Long id(JsonNode object, String... names) {
    for (String name : names) {
      Long id = Values.id(object.get(name));
      if (id != null) {
        return id;
      }
    }
    return null;
  }
}
