package io.crossfade.reconciler.tables;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Finds out which tables somebody means. */
public final class TableNames {

  /** A table by its name on each side. */
  public record Pair(String left, String right) {}

  private TableNames() {}

  /**
   * Tables of two schemas.
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
      int colon = one.indexOf(':');
      if (colon > 0) {
        pairs.add(new Pair(one.substring(0, colon), one.substring(colon + 1)));
      } else if (one.contains("*") || one.contains("?")) {
        patterns.add(one);
      } else {
        pairs.add(new Pair(one, one));
      }
    }
    if (!patterns.isEmpty()) {
      Set<String> ofLeft = names(left);
      Set<String> ofRight = names(right);
      for (String pattern : patterns) {
        pairs.addAll(matching(pattern, ofLeft, ofRight));
      }
    }
    return List.copyOf(pairs);
  }

  private static List<Pair> matching(String pattern, Set<String> left, Set<String> right)
      throws IOException {
    Pattern names = Pattern.compile(regex(pattern));
    Set<String> all = new TreeSet<>(left);
    all.addAll(right);
    all.removeIf(name -> !names.matcher(name).matches());
    if (all.isEmpty()) {
      throw new IOException("'%s' means no table that these users may read".formatted(pattern));
    }
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
