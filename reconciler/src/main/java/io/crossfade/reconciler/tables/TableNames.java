package io.crossfade.reconciler.tables;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds out which tables somebody means. */
public final class TableNames {

  /** A table by its name on each side. */
  public record Pair(String left, String right) {}

  private TableNames() {}

  /**
   * Tables of two schemas. A table that is named is not meant by a pattern besides.
   *
   * @param wanted names, patterns with {@code *} and {@code ?}, or {@code left:right}; empty for
   *     all
   * @throws IOException when a pattern means no table, or a table is on one side only; the message
   *     names them
   */
  public static List<Pair> find(Endpoint left, Endpoint right, List<String> wanted)
      throws SQLException, IOException {
    Set<Pair> pairs = new LinkedHashSet<>();
    List<String> patterns = new ArrayList<>();
    for (String one : wanted.isEmpty() ? List.of("*") : wanted) {
      if (isPattern(one)) {
        patterns.add(one);
      } else {
        pairs.add(named(one));
      }
    }
    for (String pattern : patterns) {
      pairs.addAll(matching(left, right, pattern, pairs));
    }
    return List.copyOf(pairs);
  }

  /** Whether it stands for any letters somewhere. */
  static boolean isPattern(String wanted) {
    return wanted.contains("*") || wanted.contains("?");
  }

  /** A table by its name, or by its two names. */
  static Pair named(String wanted) {
    int colon = wanted.indexOf(':');
    return colon > 0
        ? new Pair(wanted.substring(0, colon), wanted.substring(colon + 1))
        : new Pair(wanted, wanted);
  }

  /**
   * Tables that a pattern means.
   *
   * @param except which it does not: they are named, or meant by another
   */
  static List<Pair> matching(Endpoint left, Endpoint right, String pattern, Collection<Pair> except)
      throws SQLException, IOException {
    if (pattern.contains(":")) {
      throw new IOException(
          "'%s': a pattern means tables of one name on both sides; name renamed ones as left:right"
              .formatted(pattern));
    }
    Set<String> ofLeft = names(left);
    Set<String> ofRight = names(right);
    if (Stream.of(ofLeft, ofRight).flatMap(Set::stream).noneMatch(names(pattern))) {
      throw new IOException("'%s' means no table that these users may read".formatted(pattern));
    }
    except.forEach(
        pair -> {
          ofLeft.remove(pair.left());
          ofRight.remove(pair.right());
        });
    return matching(names(pattern), ofLeft, ofRight);
  }

  private static Predicate<String> names(String pattern) {
    return Pattern.compile(regex(pattern)).asMatchPredicate();
  }

  private static List<Pair> matching(Predicate<String> wanted, Set<String> left, Set<String> right)
      throws IOException {
    Set<String> all = new TreeSet<>(left);
    all.addAll(right);
    all.removeIf(wanted.negate());
    List<String> alone =
        all.stream()
            .filter(name -> !left.contains(name) || !right.contains(name))
            .map(name -> name + " is in " + (left.contains(name) ? "left" : "right") + " only")
            .toList();
    if (!alone.isEmpty()) {
      throw new IOException(
          "Tables without a counterpart: %s; name those to compare, and renamed ones as left:right"
              .formatted(String.join("; ", alone)));
    }
    return all.stream().map(name -> new Pair(name, name)).toList();
  }

  private static String regex(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (String one : pattern.split("(?<=[*?])|(?=[*?])", -1)) {
      regex.append(one.equals("*") ? ".*" : one.equals("?") ? "." : Pattern.quote(one));
    }
    return regex.toString();
  }

  private static Set<String> names(Endpoint endpoint) throws SQLException {
    try (Connection connection = endpoint.open()) {
      return new TreeSet<>(new TableShapes(connection, endpoint.schema()).names());
    }
  }
}
