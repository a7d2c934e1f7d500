package io.crossfade.reconciler.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import picocli.CommandLine.Help.Ansi;

/** Prints for people, in colours where they look: what is printed itself can switch on none. */
final class Screen extends PrintWriter {

  /** How a word is shown. */
  enum Style {
    PLAIN(""),
    BOLD("1"),
    GOOD("32"),
    BAD("1;31"),
    DOUBTFUL("33"),
    QUIET("2");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private final Writer terminal;

  /**
   * @param ownControls control characters that the program itself prints
   */
  Screen(Writer terminal, String ownControls) {
    super(new TerminalWriter(terminal, ownControls), true);
    this.terminal = terminal;
  }

  /** Whether a person looks, and wants colours: {@code NO_COLOR} is heeded. */
  static boolean isWatched() {
    return Ansi.AUTO.enabled();
  }

  /** Prints in a style. */
  void print(Style style, String text) {
    if (style == Style.PLAIN) {
      print(text);
      return;
    }
    control("\u001b[" + style.code + "m");
    print(text);
    control("\u001b[0m");
  }

  private void control(String sequence) {
    try {
      terminal.write(sequence);
    } catch (IOException e) {
      setError();
    }
  }
}
