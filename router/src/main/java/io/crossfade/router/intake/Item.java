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
 * all within it, and comes before what they say themselves.
 *
 * @param node the item
 * @param around the objects around it, outermost first
 */
record Item(JsonNode node, List<JsonNode> around) {

  private static final int TEXT_LENGTH = 255;
  private static final int LATITUDE_PRECISION = 10;
  private static final int DEGREE_SCALE = 6;

  /** The value under the first of these names that has one. */
  @Nullable JsonNode first(String... names) {
    return first(node, names);
  }

  Item inner(JsonNode inner) {
    List<JsonNode> outer = new ArrayList<>(around);
    outer.add(node);
    return new Item(inner, outer);
  }

  Owner owner() {
    Long customer = id("customerId", "customer_id");
    Long org = id("orgId", "org_id");
    Long user = id("userId", "user_id");
    return customer == null && org == null && user == null
        ? Owner.UNSET
        : new Owner(customer, org, user);
  }

  /** Text that fits its column. */
  @Nullable String text(String... names) throws UnreadableItemException {
    return fitting(Values.text(first(names)), TEXT_LENGTH);
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
      if (!folded.hasNonNull(name)) {
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
    for (JsonNode outer : around) {
      Long id = Values.id(first(outer, names));
      if (id != null) {
        return id;
      }
    }
    return Values.id(first(names));
  }

  private static @Nullable JsonNode first(JsonNode object, String... names) {
    for (String name : names) {
      JsonNode value = object.get(name);
      if (value != null && !value.isNull()) {
        return value;
      }
    }
    return null;
  }
}
