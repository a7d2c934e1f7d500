package io.crossfade.db;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How an entry is kept that somebody else put into a stream: whatever it holds, as JSON. */
public final class ForeignEntry {

  /** One of its fields. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Field(byte[] name, byte[] value) {}

  private static final JsonFactory JSON = new JsonFactory();

  private ForeignEntry() {}

  /**
   * An object of all fields, in their order. A value that is no UTF-8 is an object with its {@code
   * base64}.
   */
  public static byte[] json(List<Field> fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      for (Field field : fields) {
        out.writeFieldName(new String(field.name(), StandardCharsets.UTF_8));
        try {
          out.writeString(
              StandardCharsets.UTF_8
                  .newDecoder()
                  .decode(ByteBuffer.wrap(field.value()))
                  .toString());
        } catch (CharacterCodingException e) {
          out.writeStartObject();
          out.writeBinaryField("base64", field.value());
          out.writeEndObject();
        }
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("A byte array refuses nothing", e);
    }
    return bytes.toByteArray();
  }
}
