package io.crossfade.db.kind;

import io.crossfade.db.Visible;
import io.crossfade.db.kind.KindFileException.Mistake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The mistakes found so far: a file is read to its end, so that its author mends all at once. */
final class Mistakes {

  /** Of more nobody wants to read. */
  private static final int MOST = 200;

  private static final int LONGEST_QUOTE = 60;
  private static final int MOST_WORDS = 30;

  /** Letters that may differ between what is written and what was meant. */
  private static final int MOST_SLIPS = 2;

  private final List<Mistake> found = new ArrayList<>();

  void add(Mistake mistake) {
    found.add(mistake);
  }

  int count() {
    return found.size();
  }

  void throwIfAny() throws KindFileException {
    if (found.isEmpty()) {
      return;
    }
    // Those of one file stay together: files are read one after the other.
    List<String> files = found.stream().map(Mistake::file).distinct().toList();
    found.sort(
        Comparator.comparingInt((Mistake mistake) -> files.indexOf(mistake.file()))
            .thenComparingInt(Mistake::line)
            .thenComparingInt(Mistake::column));
    if (found.size() > MOST) {
      Mistake next = found.get(MOST);
      int others = found.size() - MOST;
      found.subList(MOST, found.size()).clear();
      found.add(
          new Mistake(
              next.file(),
              next.line(),
              next.column(),
              "",
              "and %d more from here on".formatted(others)));
    }
    throw new KindFileException(found);
  }

  /** What a file says, so that it can be read in a message. */
  static String quote(String text) {
    return "'" + cut(text) + "'";
  }

  /** The beginning of what may be long. */
  static String cut(String text) {
    return Visible.of(
        text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…");
  }

  /** The first of some words, for a message. */
  static String some(Stream<String> words) {
    List<String> first = words.limit(MOST_WORDS + 1L).map(Mistakes::cut).toList();
    return first.size() <= MOST_WORDS
        ? String.join(", ", first)
        : String.join(", ", first.subList(0, MOST_WORDS)) + ", …";
  }

  /** {@code ; did you mean …?}, or nothing when no word is near. */
  static String meant(String written, Iterable<String> words) {
    String nearest = nearest(written, words);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  private static @Nullable String nearest(String written, Iterable<String> words) {
    String low = written.toLowerCase(Locale.ROOT).replace('_', '-');
    if (low.length() > LONGEST_QUOTE) {
      return null;
    }
    String nearest = null;
    // Of a short word, less may differ.
    int least = Math.min(MOST_SLIPS, Math.max(0, (low.length() - 1) / 2)) + 1;
    for (String word : words) {
      int slips = slips(low, word.toLowerCase(Locale.ROOT).replace('_', '-'));
      if (slips < least) {
        least = slips;
        nearest = word;
      }
    }
    return nearest;
  }

  /** How many letters are missing, too many, others, or change places with their neighbours. */
  private static int slips(String a, String b) {
    int[][] of = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          of[i][j] = i + j;
          continue;
        }
        int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        of[i][j] = Math.min(Math.min(of[i - 1][j], of[i][j - 1]) + 1, of[i - 1][j - 1] + other);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          of[i][j] = Math.min(of[i][j], of[i - 2][j - 2] + 1);
        }
      }
    }
    return of[a.length()][b.length()];
  }
}
