package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.crossfade.db.budget.Lease;
import java.util.List;
import java.util.Map;

/** Copies a tree to or from code that is not ours, so that neither changes what the other has. */
final class TreeCopy {

  /** A tree that is none, or larger than it may be. */
  static final class UnusableException extends Exception {

    private static final long serialVersionUID = 1;

    private final UnreadableReason reason;

    UnusableException(UnreadableReason reason, String what) {
      super(what, null, false, false);
      this.reason = reason;
    }

    UnreadableReason reason() {
      return reason;
    }
  }

  private final int deepest;
  private final long most;
  private final Lease lease;
  private long bytes;

  /**
   * @param deepest nesting of objects and lists
   * @param most bytes of the heap that a copy may take
   * @param lease takes these
   */
  TreeCopy(int deepest, long most, Lease lease) {
    this.deepest = deepest;
    this.most = most;
    this.lease = lease;
  }

  /** Bytes taken so far. */
  long bytes() {
    return bytes;
  }

  /** A copy without the values of an object under some names. */
  JsonNode without(JsonNode node, List<String> names) throws UnusableException {
    if (!node.isObject()) {
      return copy(node, 1);
    }
    weigh(SentJson.OBJECT);
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!names.contains(field.getKey())) {
        set(copy, field, 2);
      }
    }
    return copy;
  }

  /**
   * A copy.
   *
   * @throws UnusableException when it is nested too deep, as what contains itself is, is too large,
   *     or holds what JSON has no form for
   */
  JsonNode of(JsonNode node) throws UnusableException {
    return copy(node, 1);
  }

  private JsonNode copy(JsonNode node, int depth) throws UnusableException {
    if (node.isContainerNode() && depth > deepest) {
      throw new UnusableException(UnreadableReason.CODE_FAILED, "TOO_DEEP");
    }
    if (node.isObject()) {
      weigh(SentJson.OBJECT);
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        set(copy, field, depth + 1);
      }
      return copy;
    }
    if (node.isArray()) {
      weigh(SentJson.LIST);
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      for (JsonNode element : node) {
        weigh(SentJson.ELEMENT);
        copy.add(copy(element, depth + 1));
      }
      return copy;
    }
    return value(node);
  }

  private void set(ObjectNode copy, Map.Entry<String, JsonNode> field, int depth)
      throws UnusableException {
    weigh(SentJson.FIELD + 2L * field.getKey().length());
    copy.set(field.getKey(), copy(field.getValue(), depth));
  }

  private JsonNode value(JsonNode node) throws UnusableException {
    if (node instanceof SentNumber || node instanceof DeepPart) {
      weigh(SentJson.SCALAR + 2L * node.asText().length());
      return node;
    }
    return switch (node.getNodeType()) {
      case NULL, MISSING -> NullNode.instance;
      case BOOLEAN -> BooleanNode.valueOf(node.booleanValue());
      case NUMBER -> {
        // Of what no JSON has, such as NaN, a text: no field takes it for a number.
        String text = node.asText();
        weigh(SentJson.SCALAR + text.length());
        yield isFinite(text) ? new SentNumber(text) : TextNode.valueOf(text);
      }
      // Bytes as base64.
      case STRING, BINARY -> {
        String text = node.asText();
        weigh(SentJson.SCALAR + 2L * text.length());
        yield TextNode.valueOf(text);
      }
      case ARRAY, OBJECT, POJO ->
          throw new UnusableException(UnreadableReason.CODE_FAILED, "NO_JSON");
    };
  }

  /** Whether it is more than a word. */
  private static boolean isFinite(String number) {
    char last = number.charAt(number.length() - 1);
    return last >= '0' && last <= '9';
  }

  private void weigh(long more) throws UnusableException {
    if (bytes + more > most) {
      throw new UnusableException(UnreadableReason.RECORD_TOO_LARGE, "");
    }
    lease.take(more);
    bytes += more;
  }
}
