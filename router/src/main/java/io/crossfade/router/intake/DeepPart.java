package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An object or a list that is nested too deep to be looked into, as it was sent. */
final class DeepPart extends ValueNode {

  private static final long serialVersionUID = 1;

  private final String text;

  private DeepPart(String text) {
    this.text = text;
  }

  /**
   * A body without its deep parts, which are made one by one: each takes 50 times what it may be.
   *
   * @param sent as it came
   * @param json with a 0 and blanks in the place of each part
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Cut(byte[] sent, byte[] json) {

    /** How long the part is that begins here, bytes; 0 when none does. */
    int length(int begin) {
      if (sent[begin] == json[begin]) {
        return 0;
      }
      Brackets brackets = new Brackets();
      int end = begin;
      do {
        brackets.read(sent[end++]);
      } while (brackets.depth > 0);
      return end - begin;
    }

    DeepPart part(int begin, int length) {
      return new DeepPart(new String(sent, begin, length, StandardCharsets.UTF_8));
    }
  }

  /** How deep a text is in, byte by byte. */
  private static final class Brackets {

    private boolean inText;
    private boolean escaped;
    private int depth;

    void read(byte b) {
      if (escaped) {
        escaped = false;
      } else if (inText) {
        escaped = b == '\\';
        inText = b != '"';
      } else if (b == '"') {
        inText = true;
      } else if (b == '[' || b == '{') {
        depth++;
      } else if (b == ']' || b == '}') {
        depth--;
      }
    }
  }

  /**
   * Cuts out of a body what is nested deeper than {@code most}. Takes time in proportion to the
   * body and no memory for its depth.
   */
  static Cut cut(byte[] utf8, int most) {
    byte[] json = utf8.clone();
    Brackets brackets = new Brackets();
    int begin = 0;
    for (int i = 0; i < utf8.length; i++) {
      int before = brackets.depth;
      brackets.read(utf8[i]);
      if (before == most && brackets.depth > most) {
        begin = i;
      } else if (before > most && brackets.depth == most) {
        json[begin] = '0';
        Arrays.fill(json, begin + 1, i + 1, (byte) ' ');
      }
    }
    return new Cut(utf8, json);
  }

  /** Whether there is one in a tree: nobody has looked whether it is JSON. */
  static boolean isIn(JsonNode node) {
    if (node instanceof DeepPart) {
      return true;
    }
    for (JsonNode inner : node) {
      if (isIn(inner)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public JsonToken asToken() {
    return JsonToken.VALUE_EMBEDDED_OBJECT;
  }

  @Override
  public JsonNodeType getNodeType() {
    return JsonNodeType.POJO;
  }

  @Override
  public String asText() {
    return text;
  }

  @Override
  public void serialize(JsonGenerator out, SerializerProvider provider) throws IOException {
    out.writeRawValue(text);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DeepPart part && part.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
