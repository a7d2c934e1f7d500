package io.crossfade.reconciler.cli;

import io.crossfade.db.Visible;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Writes out what a terminal would obey: what a command prints may hold what a device sent. Lines
 * end, and tabs stay; everything else has been made by us only where it is allowed.
 */
final class TerminalWriter extends FilterWriter {

  private final String allowed;

  /**
   * @param ownControls control characters that the caller itself prints, beside line ends and tabs
   */
  TerminalWriter(Writer out, String ownControls) {
    super(out);
    allowed = "\n\t" + System.lineSeparator() + ownControls;
  }

  @Override
  public void write(int one) throws IOException {
    char character = (char) one;
    if (Visible.isControl(character) && allowed.indexOf(character) < 0) {
      out.write(Visible.escaped(character));
    } else {
      out.write(one);
    }
  }

  @Override
  public void write(char[] characters, int from, int length) throws IOException {
    for (int at = from; at < from + length; at++) {
      write(characters[at]);
    }
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    for (int at = from; at < from + length; at++) {
      write(text.charAt(at));
    }
  }
}
