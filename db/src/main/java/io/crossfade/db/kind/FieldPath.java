package io.crossfade.db.kind;

import java.util.ArrayList;
import java.util.List;

/**
 * Where in an item a value stands: names from the item inwards, for example {@code
 * customer.address.city}. A name with a dot, a quote or a leading {@code ^} stands in double
 * quotes, in which two of them are one: {@code "a.b".c}. A leading {@code ^} looks in the objects
 * around the item instead, the nearest first: {@code ^shop.id}.
 *
 * @param names at least one
 * @param around whether it begins in the objects around the item; for a row, the item is the
 *     nearest of them
 */
public record FieldPath(List<String> names, boolean around) {

  private static final char QUOTE = '"';

  public FieldPath {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("A path has at least one name");
    }
  }

  /** A path within an item. */
  public FieldPath(List<String> names) {
    this(names, /* around= */ false);
  }

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException when it is none; the message says what is wrong
   */
  public static FieldPath parse(String path) {
    boolean around = path.startsWith("^");
    List<String> names = new ArrayList<>();
    int at = around ? 1 : 0;
    while (true) {
      StringBuilder name = new StringBuilder();
      at =
          at < path.length() && path.charAt(at) == QUOTE
              ? quoted(path, at, name)
              : plain(path, at, name);
      names.add(name.toString());
      if (at == path.length()) {
        return new FieldPath(names, around);
      }
      at++;
    }
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    StringBuilder path = new StringBuilder(around ? "^" : "");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      boolean quoted =
          name.isEmpty()
              || name.indexOf('.') >= 0
              || name.indexOf(QUOTE) >= 0
              || name.startsWith("^");
      path.append(i == 0 ? "" : ".")
          .append(quoted ? QUOTE + name.replace("\"", "\"\"") + QUOTE : name);
    }
    return path.toString();
  }

  private static int plain(String path, int begin, StringBuilder name) {
    int end = path.indexOf('.', begin);
    int until = end < 0 ? path.length() : end;
    name.append(path, begin, until);
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "has an empty name between its dots; a name with a dot stands in double quotes");
    }
    if (name.indexOf("\"") >= 0) {
      throw new IllegalArgumentException(
          "has a quote within a name; put the whole name in double quotes, and two for one");
    }
    return until;
  }

  private static int quoted(String path, int begin, StringBuilder name) {
    int at = begin + 1;
    while (at < path.length()) {
      if (path.charAt(at) != QUOTE) {
        name.append(path.charAt(at++));
      } else if (at + 1 < path.length() && path.charAt(at + 1) == QUOTE) {
        name.append(QUOTE);
        at += 2;
      } else if (at + 1 == path.length() || path.charAt(at + 1) == '.') {
        return at + 1;
      } else {
        throw new IllegalArgumentException(
            "goes on behind a name in quotes; a dot or the end follows");
      }
    }
    throw new IllegalArgumentException("has a quote that does not end");
  }
}
