package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object or a list that is nested too deep to be looked into, as it was sent. */
final class DeepPart extends ValueNode {

  private static final long serialVersionUID = 1;

  private final String text;

  private DeepPart(String text) {
    this.text = text;
  }

  /**
   * A body without its deep parts.
   *
   * @param json with a 0 and blanks in the place of each part
   * @param parts by where in {@code json} they begin
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Cut(byte[] json, Map<Long, DeepPart> parts) {}

  /**
   * Cuts out of a body what is nested deeper than {@code most}. Takes time in proportion to the
   * body and no memory for its depth.
   */
  static Cut cut(byte[] utf8, int most) {
    byte[] json = utf8.clone();
    Map<Long, DeepPart> parts = new HashMap<>();
    boolean inText = false;
    int depth = 0;
    int begin = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte b = utf8[i];
      if (inText) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          inText = false;
        }
      } else if (b == '"') {
        inText = true;
      } else if (b == '[' || b == '{') {
        if (++depth == most + 1) {
          begin = i;
        }
      } else if ((b == ']' || b == '}') && depth-- == most + 1) {
        parts.put(
            (long) begin,
            new DeepPart(new String(utf8, begin, i + 1 - begin, StandardCharsets.UTF_8)));
        json[begin] = '0';
        Arrays.fill(json, begin + 1, i + 1, (byte) ' ');
      }
    }
    return new Cut(json, parts);
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
