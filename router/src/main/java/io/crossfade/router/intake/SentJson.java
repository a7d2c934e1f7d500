package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON so that nothing of it is bent: a number keeps its text, and what is nested too deep is
 * kept as it came. Only what is no JSON is refused.
 */
final class SentJson {

  /** Under these stand items: of two under one name, none may vanish. */
  private static final Set<String> WRAPPERS = Set.of("data", "healthData");

  private final JsonFactory factory;
  private final int maxNesting;

  /**
   * @param maxNesting how deep is looked into; nesting is the one limit, since the length of
   *     everything else is bounded by the body's
   */
  SentJson(int maxNesting) {
    this.maxNesting = maxNesting;
    this.factory =
        JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            // Names come from outside: what is interned is never forgotten.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxNesting)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();
  }

  /**
   * Reads a body.
   *
   * @return a missing node for one of white space
   * @throws IOException when it is no JSON
   */
  JsonNode read(byte[] utf8) throws IOException {
    try (JsonParser in = factory.createParser(utf8)) {
      return whole(in, Map.of());
    } catch (StreamConstraintsException e) {
      DeepPart.Cut cut = DeepPart.cut(utf8, maxNesting);
      try (JsonParser in = factory.createParser(cut.json())) {
        return whole(in, cut.parts());
      }
    }
  }

  /** Reads JSON that came in a string; {@code null} when it is none, or too deep. */
  @Nullable JsonNode read(String text) {
    try (JsonParser in = factory.createParser(text)) {
      JsonNode node = whole(in, Map.of());
      return node.isMissingNode() ? null : node;
    } catch (IOException e) {
      return null;
    }
  }

  private static JsonNode whole(JsonParser in, Map<Long, DeepPart> parts) throws IOException {
    JsonToken first = in.nextToken();
    if (first == null) {
      return MissingNode.getInstance();
    }
    JsonNode node = value(in, first, parts);
    if (in.nextToken() != null) {
      throw new JsonParseException(in, "More than one value");
    }
    return node;
  }

  private static JsonNode value(JsonParser in, JsonToken token, Map<Long, DeepPart> parts)
      throws IOException {
    return switch (token) {
      case START_OBJECT -> object(in, parts);
      case START_ARRAY -> list(in, parts);
      case VALUE_STRING -> TextNode.valueOf(in.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in, parts);
      case VALUE_TRUE -> BooleanNode.TRUE;
      case VALUE_FALSE -> BooleanNode.FALSE;
      case VALUE_NULL -> NullNode.instance;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new JsonParseException(in, "No value begins with " + token);
    };
  }

  private static JsonNode number(JsonParser in, Map<Long, DeepPart> parts) throws IOException {
    DeepPart part = parts.isEmpty() ? null : parts.get(in.currentTokenLocation().getByteOffset());
    return part == null ? new SentNumber(in.getText()) : part;
  }

  private static ArrayNode list(JsonParser in, Map<Long, DeepPart> parts) throws IOException {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
      list.add(value(in, next, parts));
    }
    return list;
  }

  private static ObjectNode object(JsonParser in, Map<Long, DeepPart> parts) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      JsonNode value = value(in, in.nextToken(), parts);
      JsonNode before = object.replace(name, value);
      if (before != null) {
        object.set(name, both(name, before, value));
      }
    }
    return object;
  }

  /**
   * What counts of two values under one name: the last that is not empty, as devices have been read
   * always, and of items both.
   */
  private static JsonNode both(String name, JsonNode before, JsonNode value) {
    if (Values.isEmpty(value)) {
      return before;
    }
    if (Values.isEmpty(before) || !WRAPPERS.contains(name)) {
      return value;
    }
    ArrayNode both = JsonNodeFactory.instance.arrayNode();
    for (JsonNode one : new JsonNode[] {before, value}) {
      if (one.isArray()) {
        one.forEach(both::add);
      } else {
        both.add(one);
      }
    }
    return both;
  }
}
