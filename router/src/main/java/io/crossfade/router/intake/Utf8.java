package io.crossfade.router.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Makes UTF-8 of whatever a device sends. Bodies in UTF-16 and UTF-32 are told by their byte order
 * mark or by the zeros among their first bytes, as RFC 4627 has it. What is no character, here as
 * half of a surrogate pair elsewhere, becomes {@code ?}: a value with a flaw is better than none.
 */
final class Utf8 {

  private static final Charset UTF_32BE = Charset.forName("UTF-32BE");
  private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int SAMPLE = 4;

  private Utf8() {}

  /** The body itself when it is UTF-8, which nearly all are. */
  static byte[] of(byte[] body) {
    Charset charset = charset(body);
    if (charset.equals(StandardCharsets.UTF_8) && isValid(body)) {
      return body;
    }
    try {
      String text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE)
              .replaceWith("?")
              .decode(ByteBuffer.wrap(body))
              .toString();
      boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
      return (marked ? text.substring(1) : text).getBytes(StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("What is no character is replaced", e);
    }
  }

  /**
   * JSON that reads as what was sent, with an escape for each half of a surrogate pair: with {@code
   * ?} a letter would be another item when it is read again.
   */
  static byte[] ofJson(String json) {
    int half = half(json, 0);
    if (half == json.length()) {
      return json.getBytes(StandardCharsets.UTF_8);
    }
    StringBuilder escaped = new StringBuilder(json.length() + 16);
    int from = 0;
    while (half < json.length()) {
      escaped.append(json, from, half).append("\\u%04x".formatted((int) json.charAt(half)));
      from = half + 1;
      half = half(json, from);
    }
    return escaped.append(json, from, json.length()).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Where the next half of a surrogate pair stands; the end when there is none. */
  private static int half(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.charCount(text.codePointAt(i)) == 1) {
          return i;
        }
        i++;
      }
    }
    return text.length();
  }

  private static boolean isValid(byte[] body) {
    for (byte b : body) {
      if (b < 0) {
        return isDecodable(body);
      }
    }
    return true;
  }

  private static boolean isDecodable(byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** By which bytes are zero: JSON begins with two characters of ASCII. */
  private static Charset charset(byte[] body) {
    if (body.length < 2 || (body.length < SAMPLE && body[0] != 0 && body[1] != 0)) {
      return StandardCharsets.UTF_8;
    }
    int first = body[0] & 0xff;
    int second = body[1] & 0xff;
    boolean wide = body.length >= SAMPLE && body[2] == 0 && body[3] == 0;
    if (first == 0 && second == 0) {
      return UTF_32BE;
    }
    if ((first == 0xff && second == 0xfe) || (first != 0 && second == 0)) {
      return wide ? UTF_32LE : StandardCharsets.UTF_16LE;
    }
    if ((first == 0xfe && second == 0xff) || first == 0) {
      return StandardCharsets.UTF_16BE;
    }
    return StandardCharsets.UTF_8;
  }
}
