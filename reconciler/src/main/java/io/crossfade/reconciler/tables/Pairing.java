package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.TableShape.UniqueKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds out how two tables are compared, before a row is read. */
final class Pairing {

  private final TableShape left;
  private final TableShape right;
  private final PairRules rules;
  private final List<String> drifts = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  Pairing(TableShape left, TableShape right, PairRules rules) {
    this.left = left;
    this.right = right;
    this.rules = rules;
  }

  /**
   * The pair, not yet in an order.
   *
   * @throws DriftException when columns are missing or cannot be compared, or nothing tells rows
   *     apart
   */
  TablePair pair() throws DriftException {
    Map<String, ColumnPair> pairs = columns();
    if (!drifts.isEmpty()) {
      throw new DriftException(left.sqlName(), right.sqlName(), drifts);
    }
    Keys keys = keys(pairs);
    String first = left.keys().getFirst().index();
    if (!keys.left().index().equals(first)) {
      notices.add("rows are told apart by %s, not by %s".formatted(keys.left().index(), first));
    }
    List<ColumnPair> columns = new ArrayList<>();
    keys.left().columns().forEach(name -> columns.add(of(pairs, name)));
    int keyColumns = columns.size();
    pairs.values().stream().filter(pair -> !columns.contains(pair)).forEach(columns::add);
    boolean alike = keys.left().ascending() && keys.right().ascending() && keys.sameOrder();
    List<KeyOrder> orders = alike ? KeyOrders.of(columns.subList(0, keyColumns)) : List.of();
    return new TablePair(
        left,
        right,
        keys.left().index(),
        keys.right().index(),
        List.copyOf(columns),
        keyColumns,
        orders,
        carried(),
        List.copyOf(notices));
  }

  private Map<String, ColumnPair> columns() {
    unknownNames();
    Map<String, ColumnPair> pairs = new LinkedHashMap<>();
    Map<String, String> taken = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (ColumnShape one : left.columns()) {
      if (rules.ignores(one.name())) {
        continue;
      }
      String counterpart = rules.inRight(one.name());
      Optional<ColumnShape> other = right.column(counterpart);
      if (other.isEmpty()) {
        drifts.add(
            counterpart.equals(one.name())
                ? "column %s (%s) is in left only".formatted(one.name(), one.described())
                : "column %s of left should be %s in right, which is not there"
                    .formatted(one.name(), counterpart));
        continue;
      }
      String earlier = taken.put(other.get().name(), one.name());
      if (earlier != null) {
        drifts.add(
            "columns %s and %s of left are both to be %s in right"
                .formatted(earlier, one.name(), other.get().name()));
        continue;
      }
      pair(one, other.get(), pairs);
    }
    for (ColumnShape other : right.columns()) {
      if (!taken.containsKey(other.name()) && !rules.ignores(other.name())) {
        drifts.add("column %s (%s) is in right only".formatted(other.name(), other.described()));
      }
    }
    return pairs;
  }

  /** What rules name and is not there, or not compared. */
  private void unknownNames() {
    for (String name : rules.ignored()) {
      if (left.column(name).isEmpty() && right.column(name).isEmpty()) {
        drifts.add("column " + name + " to ignore is in neither");
      }
      rules
          .rule(name)
          .ifPresent(
              rule ->
                  drifts.add(
                      "column %s is to be ignored and compared by a rule (%s); say one of them"
                          .formatted(name, rule.words())));
    }
    Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    named.addAll(rules.renamed().keySet());
    named.addAll(rules.forms().keySet());
    named.removeIf(name -> left.column(name).isPresent());
    named.forEach(
        name ->
            drifts.add(
                "column "
                    + name
                    + ", which a rule names, is not in left"
                    + (right.column(name).isPresent() ? "; write its name there" : "")));
  }

  /** Columns that nobody wants compared, on both sides and of types that may be equal. */
  private List<ColumnPair> carried() {
    List<ColumnPair> carried = new ArrayList<>();
    for (ColumnShape one : left.columns()) {
      if (rules.ignores(one.name())) {
        right
            .column(rules.inRight(one.name()))
            .ifPresent(other -> rules.pair(one, other).ifPresent(carried::add));
      }
    }
    return List.copyOf(carried);
  }

  private void pair(ColumnShape one, ColumnShape other, Map<String, ColumnPair> pairs) {
    Optional<ColumnRule> rule = rules.rule(one.name());
    if (rule.isPresent() && !(rule.get().fits(one.family()) && rule.get().fits(other.family()))) {
      drifts.add(
          "column %s is %s in left and %s in right: its rule (%s) is for %s"
              .formatted(
                  one.name(),
                  one.described(),
                  other.described(),
                  rule.get().words(),
                  rule.get().fitting()));
      return;
    }
    Optional<ColumnPair> pair = rules.pair(one, other);
    if (pair.isEmpty()) {
      drifts.add(
          "column %s is %s in left and %s in right, which are never equal"
              .formatted(one.name(), one.described(), other.described()));
      return;
    }
    if (!one.described().equals(other.described())) {
      notices.add(
          "column %s is %s in left and %s in right"
              .formatted(one.name(), one.described(), other.described()));
    }
    pairs.put(lower(one.name()), pair.get());
  }

  private record Keys(UniqueKey left, UniqueKey right, boolean sameOrder) {}

  private Keys keys(Map<String, ColumnPair> pairs) throws DriftException {
    Keys second = null;
    for (UniqueKey one : left.keys()) {
      if (!pairs.keySet().containsAll(one.columns().stream().map(Pairing::lower).toList())
          || !one.columns().stream().allMatch(name -> tellsApart(of(pairs, name)))) {
        continue;
      }
      List<String> wanted =
          one.columns().stream().map(name -> of(pairs, name).right().name()).toList();
      for (UniqueKey other : right.keys()) {
        if (other.columns().equals(wanted)) {
          return new Keys(one, other, true);
        }
        if (second == null && Set.copyOf(other.columns()).equals(Set.copyOf(wanted))) {
          second = new Keys(one, other, false);
        }
      }
    }
    if (second != null) {
      return second;
    }
    throw new DriftException(left.sqlName(), right.sqlName(), List.of(noKey()));
  }

  private String noKey() {
    List<String> kept = new ArrayList<>();
    for (UniqueKey one : left.keys()) {
      for (String column : one.columns()) {
        if (rules.ignores(column)) {
          kept.add("column %s of %s is to be ignored".formatted(column, one.index()));
        }
        rules
            .rule(column)
            .ifPresent(
                rule ->
                    kept.add(
                        "column %s of %s has a rule (%s)"
                            .formatted(column, one.index(), rule.words())));
      }
    }
    if (!kept.isEmpty()) {
      return "nothing is left that tells rows apart: "
          + String.join(", ", kept)
          + ", but the columns of a key are compared as they are; leave that out, or add a unique"
          + " key of other columns that are not NULL to both";
    }
    Map<String, List<String>> has = new TreeMap<>();
    has.put("left", left.keys().stream().map(key -> key.columns().toString()).toList());
    has.put("right", right.keys().stream().map(key -> key.columns().toString()).toList());
    return "no primary key, and no unique key of columns that are not NULL, is on both sides ("
        + has
        + "): add one to both, or count rows with --count";
  }

  /** Whether equal keys are found by asking for them, which is done by each side's own value. */
  private boolean tellsApart(ColumnPair pair) {
    Family one = pair.left().family();
    Family other = pair.right().family();
    boolean numbers = one.isNumber() && other.isNumber();
    return (one == other || numbers)
        && one != Family.JSON
        && one != Family.GEOMETRY
        && rules.rule(pair.name()).isEmpty()
        && pair.form().isCanonical();
  }

  private static ColumnPair of(Map<String, ColumnPair> pairs, String column) {
    return Objects.requireNonNull(pairs.get(lower(column)));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
