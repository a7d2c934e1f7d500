package io.crossfade.db;

/**
 * Text for people, from whom nothing in it may hide or act: a device's serial number can move a
 * terminal's cursor, begin a line that looks like one of ours, or turn the direction of writing.
 */
public final class Visible {

  private Visible() {}

  /** The text with every control character written out, as {@code \}{@code u001b}. */
  public static String of(String text) {
    StringBuilder visible = null;
    for (int at = 0; at < text.length(); at++) {
      char one = text.charAt(at);
      if (isControl(one)) {
        if (visible == null) {
          visible = new StringBuilder(text.length() + 16).append(text, 0, at);
        }
        visible.append(escaped(one));
      } else if (visible != null) {
        visible.append(one);
      }
    }
    return visible == null ? text : visible.toString();
  }

  /** Whether a character does something instead of being seen. */
  public static boolean isControl(char one) {
    return Character.isISOControl(one)
        || one == '\u061c'
        || (one >= '\u200e' && one <= '\u200f')
        || (one >= '\u2028' && one <= '\u202e')
        || (one >= '\u2066' && one <= '\u2069');
  }

  /** How it is written out. */
  public static String escaped(char one) {
    return "\\u%04x".formatted((int) one);
  }
}
