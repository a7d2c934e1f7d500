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
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON so that nothing of it is bent: a number keeps its text, and what is nested too deep is
 * kept as it came. Only what is no JSON is refused.
 */
final class SentJson {

  /** Under these watches send items. */
  private static final Set<String> OF_WATCHES = Set.of("data", "healthData");

  /** What parts of a tree take of the heap, bytes. */
  static final int OBJECT = 160;

  static final int FIELD = 104;
  static final int LIST = 128;
  static final int ELEMENT = 8;
  static final int SCALAR = 72;

  private static final int TAKEN_AT_ONCE = 8 * 1024;

  private final JsonFactory factory;
  private final int maxNesting;
  private final Set<String> wrappers;
  private final Lease lease;

  private SentJson(JsonFactory factory, int maxNesting, Set<String> wrappers, Lease lease) {
    this.factory = factory;
    this.maxNesting = maxNesting;
    this.wrappers = wrappers;
    this.lease = lease;
  }

  /**
   * @param maxNesting how deep is looked into; nesting is the one limit, since the length of
   *     everything else is bounded by the body's
   * @param lease takes what trees take of the heap, which may be 40 times the text
   */
  SentJson(int maxNesting, Lease lease) {
    this(
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
            .build(),
        maxNesting,
        OF_WATCHES,
        lease);
  }

  /** The same whose trees another lease takes. */
  SentJson within(Lease other) {
    return new SentJson(factory, maxNesting, wrappers, other);
  }

  /**
   * The same for items of a kind that is no watch's.
   *
   * @param others names under which items stand: of two under one of these, none may vanish
   */
  SentJson wrappedIn(List<String> others) {
    return new SentJson(factory, maxNesting, Set.copyOf(others), lease);
  }

  /**
   * Reads a body.
   *
   * @return a missing node for one of white space
   * @throws IOException when it is no JSON
   * @throws NoRoomException when there is no room for its tree
   */
  JsonNode read(byte[] utf8) throws IOException {
    return read(utf8, /* many= */ false);
  }

  /** As {@link #read(byte[])}, and several values one after the other, like lines, are a list. */
  JsonNode readLines(byte[] utf8) throws IOException {
    return read(utf8, /* many= */ true);
  }

  private JsonNode read(byte[] utf8, boolean many) throws IOException {
    try (JsonParser in = factory.createParser(utf8)) {
      return new Reading(in, null).whole(many);
    } catch (StreamConstraintsException e) {
      lease.take(utf8.length);
      DeepPart.Cut cut = DeepPart.cut(utf8, maxNesting);
      try (JsonParser in = factory.createParser(cut.json())) {
        return new Reading(in, cut).whole(many);
      }
    }
  }

  /** Reads JSON that came in a string; {@code null} when it is none, or too deep. */
  @Nullable JsonNode read(String text) {
    try (JsonParser in = factory.createParser(text)) {
      JsonNode node = new Reading(in, null).whole(/* many= */ false);
      return node.isMissingNode() ? null : node;
    } catch (IOException e) {
      return null;
    }
  }

  /** One text on its way to becoming a tree. */
  private final class Reading {

    private final JsonParser in;
    private final DeepPart.@Nullable Cut cut;

    /** Of the tree so far, what has not been taken yet, bytes. */
    private long untaken;

    Reading(JsonParser in, DeepPart.@Nullable Cut cut) {
      this.in = in;
      this.cut = cut;
    }

    JsonNode whole(boolean many) throws IOException {
      JsonToken first = in.nextToken();
      if (first == null) {
        return MissingNode.getInstance();
      }
      JsonNode node = value(first);
      JsonToken next = in.nextToken();
      if (next != null) {
        if (!many) {
          throw new JsonParseException(in, "More than one value");
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode().add(node);
        untaken += LIST;
        for (; next != null; next = in.nextToken()) {
          untaken += ELEMENT;
          all.add(value(next));
        }
        node = all;
      }
      weigh(TAKEN_AT_ONCE);
      return node;
    }

    private JsonNode value(JsonToken token) throws IOException {
      return switch (token) {
        case START_OBJECT -> object();
        case START_ARRAY -> list();
        case VALUE_STRING -> text();
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
        case VALUE_TRUE -> BooleanNode.TRUE;
        case VALUE_FALSE -> BooleanNode.FALSE;
        case VALUE_NULL -> NullNode.instance;
        case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
            throw new JsonParseException(in, "No value begins with " + token);
      };
    }

    private JsonNode text() throws IOException {
      String text = in.getText();
      weigh(SCALAR + 2L * text.length());
      return TextNode.valueOf(text);
    }

    private JsonNode number() throws IOException {
      if (cut != null) {
        int begin = (int) in.currentTokenLocation().getByteOffset();
        int length = cut.length(begin);
        if (length > 0) {
          weigh(SCALAR + 2L * length);
          return cut.part(begin, length);
        }
      }
      SentNumber number = new SentNumber(in.getText());
      weigh(SCALAR + number.asText().length());
      return number;
    }

    private ArrayNode list() throws IOException {
      weigh(LIST);
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
        weigh(ELEMENT);
        list.add(value(next));
      }
      return list;
    }

    private ObjectNode object() throws IOException {
      weigh(OBJECT);
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        weigh(FIELD + 2L * name.length());
        JsonNode value = value(in.nextToken());
        JsonNode before = object.replace(name, value);
        if (before != null) {
          object.set(name, ofTwo(name, before, value));
        }
      }
      return object;
    }

    /**
     * What counts of two values under one name: the last that is not empty, as devices have been
     * read always, and of items both.
     */
    private JsonNode ofTwo(String name, JsonNode before, JsonNode value) {
      if (Values.isEmpty(value)) {
        return before;
      }
      return Values.isEmpty(before) || !wrappers.contains(name) ? value : both(before, value);
    }

    /** One list, the same for all that come under a name: a new one for each is quadratic. */
    private ArrayNode both(JsonNode before, JsonNode value) {
      ArrayNode both;
      if (before instanceof ArrayNode list) {
        both = list;
      } else {
        weigh(LIST + ELEMENT);
        both = JsonNodeFactory.instance.arrayNode().add(before);
      }
      if (value.isArray()) {
        weigh((long) ELEMENT * value.size());
        value.forEach(both::add);
      } else {
        weigh(ELEMENT);
        both.add(value);
      }
      return both;
    }

    /** A little at a time would cost more than it takes. */
    private void weigh(long bytes) {
      untaken += bytes;
      if (untaken >= TAKEN_AT_ONCE) {
        lease.take(untaken);
        untaken = 0;
      }
    }
  }
}
