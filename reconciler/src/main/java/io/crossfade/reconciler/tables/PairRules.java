package io.crossfade.reconciler.tables;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What somebody has said about a pair of tables. Columns are known in upper and lower case alike,
 * as their servers know them.
 *
 * @param ignored columns that are not compared, by their name on either side
 * @param renamed columns of the left table by their other name in the right one
 * @param forms columns of the left table and how they are compared
 */
public record PairRules(
    List<String> ignored, Map<String, String> renamed, Map<String, ColumnRule> forms) {

  /** Nothing. */
  public static final PairRules NONE = new PairRules(List.of(), Map.of(), Map.of());

  /** Makes them known in any case. */
  public PairRules {
    ignored = List.copyOf(ignored);
    renamed = inAnyCase(renamed);
    forms = inAnyCase(forms);
  }

  private static <T> Map<String, T> inAnyCase(Map<String, T> byColumn) {
    Map<String, T> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(byColumn);
    return Collections.unmodifiableMap(all);
  }

  boolean ignores(String column) {
    return ignored.stream().anyMatch(column::equalsIgnoreCase);
  }

  /** How somebody wants a column of the left table compared; empty when by its type. */
  Optional<ColumnRule> rule(String left) {
    return Optional.ofNullable(forms.get(left));
  }

  /** The name in the right table of a column of the left one. */
  String inRight(String left) {
    return renamed.getOrDefault(left, left);
  }

  Optional<ValueForm> form(ColumnShape left, ColumnShape right) {
    return rule(left.name())
        .map(rule -> Optional.of(rule.form(left, right)))
        .orElseGet(() -> ValueForms.of(left, right));
  }

  /** What is not compared by its type, for people. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    ignored.forEach(column -> words.add(column + ": not compared"));
    renamed.forEach((column, other) -> words.add(column + ": " + other + " in right"));
    forms.forEach((column, rule) -> words.add(column + ": " + rule.words()));
    return words;
  }
}
