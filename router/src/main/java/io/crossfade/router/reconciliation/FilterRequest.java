package io.crossfade.router.reconciliation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.RefusedException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.BindParam;

/**
 * Which differences somebody asks for: parameters of a list, and the body of a repair, under the
 * same names.
 *
 * @param difference the class
 * @param reason the explanation
 */
public record FilterRequest(
    @Nullable String kind,
    @BindParam("class") @Nullable String difference,
    @Nullable String column,
    @Nullable Boolean explained,
    @Nullable String reason,
    @Nullable Boolean urgent,
    @Nullable Boolean repaired,
    @Nullable String device,
    @Nullable Instant from,
    @Nullable Instant to) {

  private static final List<String> FLAGS = List.of("explained", "urgent", "repaired");
  private static final List<String> TEXTS =
      List.of("kind", "class", "column", "reason", "device", "from", "to");

  /** Asks for everything. */
  public static final FilterRequest NOTHING =
      new FilterRequest(null, null, null, null, null, null, null, null, null, null);

  /** What it asks for; a field that a form left empty asks for nothing. */
  public DifferenceFilter filter() throws RefusedException {
    return new DifferenceFilter(
        Choice.kind(filled(kind)),
        Choice.of(DifferenceClass.class, filled(difference)),
        filled(column),
        explained,
        Choice.of(Explanation.class, filled(reason)),
        urgent,
        repaired,
        filled(device),
        moment("from", from),
        moment("to", to));
  }

  /**
   * As a body has it. What is empty, of another type or not known is refused: a program that lost a
   * value would repair more than it means.
   *
   * @throws IllegalArgumentException when it is refused
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static FilterRequest ofBody(JsonNode body) {
    if (!body.isObject() || body.isEmpty()) {
      throw new IllegalArgumentException("A filter is an object that says something");
    }
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      boolean good =
          FLAGS.contains(field.getKey())
              ? field.getValue().isBoolean()
              : TEXTS.contains(field.getKey()) && !field.getValue().asText("").isBlank();
      if (!good || field.getValue().isNull()) {
        throw new IllegalArgumentException(
            "A filter has %s (true or false) and %s, none of them empty; not %s"
                .formatted(String.join(", ", FLAGS), String.join(", ", TEXTS), field.getKey()));
      }
    }
    return new FilterRequest(
        text(body, "kind"),
        text(body, "class"),
        text(body, "column"),
        flag(body, "explained"),
        text(body, "reason"),
        flag(body, "urgent"),
        flag(body, "repaired"),
        text(body, "device"),
        instant(body, "from"),
        instant(body, "to"));
  }

  private static @Nullable String text(JsonNode body, String name) {
    return body.has(name) ? body.get(name).asText() : null;
  }

  private static @Nullable Boolean flag(JsonNode body, String name) {
    return body.has(name) ? body.get(name).asBoolean() : null;
  }

  private static @Nullable Instant instant(JsonNode body, String name) {
    String text = text(body, name);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "%s is a moment, as 2026-11-27T08:00:00Z, not %s".formatted(name, text), e);
    }
  }

  /** The same without the fields that a form left empty. */
  public FilterRequest filled() {
    return new FilterRequest(
        filled(kind),
        filled(difference),
        filled(column),
        explained,
        filled(reason),
        urgent,
        repaired,
        filled(device),
        from,
        to);
  }

  /** What it says, by the names of an address; nothing of what is empty. */
  public Map<String, Object> parameters() {
    Map<String, Object> said = new LinkedHashMap<>();
    put(said, "kind", filled(kind));
    put(said, "class", filled(difference));
    put(said, "column", filled(column));
    put(said, "explained", explained);
    put(said, "reason", filled(reason));
    put(said, "urgent", urgent);
    put(said, "repaired", repaired);
    put(said, "device", filled(device));
    put(said, "from", from);
    put(said, "to", to);
    return said;
  }

  private static void put(Map<String, Object> said, String name, @Nullable Object value) {
    if (value != null) {
      said.put(name, value);
    }
  }

  /** Whether it asks for everything. */
  public boolean anything() {
    return equals(NOTHING);
  }

  private static @Nullable String filled(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static @Nullable Instant moment(String name, @Nullable Instant given)
      throws RefusedException {
    return given == null ? null : Choice.moment(name, given);
  }
}
