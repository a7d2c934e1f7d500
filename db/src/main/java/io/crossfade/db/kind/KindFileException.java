package io.crossfade.db.kind;

import java.util.List;
import java.util.stream.Collectors;

/** A kind file that cannot be meant; the message lists every mistake on a line of its own. */
public final class KindFileException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<Mistake> mistakes;

  /**
   * One mistake.
   *
   * @param line from 1
   * @param column from 1
   * @param path keys down to it, for example {@code kinds[0].fields[2].type}; empty for the file
   * @param what is wrong, and what is allowed
   */
  public record Mistake(String file, int line, int column, String path, String what) {
    @Override
    public String toString() {
      return file + ':' + line + ':' + column + ": " + (path.isEmpty() ? "" : path + ": ") + what;
    }
  }

  KindFileException(List<Mistake> mistakes) {
    super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
    this.mistakes = List.copyOf(mistakes);
  }

  /** At least one, in the order of the file. */
  public List<Mistake> mistakes() {
    return mistakes;
  }
}
