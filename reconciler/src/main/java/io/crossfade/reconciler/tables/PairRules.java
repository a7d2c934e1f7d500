package io.crossfade.reconciler.tables;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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

  /** How two columns are compared; empty when they cannot be. */
  Optional<ColumnPair> pair(ColumnShape left, ColumnShape right) {
    Optional<ValueForm> byType = ValueForms.of(left, right);
    return rule(left.name())
        .map(
            rule ->
                Optional.of(
                    new ColumnPair(
                        left, right, rule.form(left, right), byType.orElse(ValueForms.NEVER))))
        .orElseGet(() -> byType.map(form -> new ColumnPair(left, right, form, null)));
  }

  /**
   * What is not compared by its type, for people.
   *
   * @param onlyByRule how many values are the same by the rule of their column alone, by its name
   */
  List<String> words(Map<String, Long> onlyByRule) {
    List<String> words = new ArrayList<>();
    ignored.forEach(column -> words.add(column + ": not compared"));
    renamed.forEach((column, other) -> words.add(column + ": " + other + " in right"));
    Map<String, Long> counts = inAnyCase(onlyByRule);
    forms.forEach(
        (column, rule) ->
            words.add(
                String.format(
                    Locale.ROOT,
                    "%s: %s (values the same only by it: %,d)",
                    column,
                    rule.words(),
                    counts.getOrDefault(column, 0L))));
    return words;
  }
}
