package io.crossfade.reconciler.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody has said about a pair of tables.
 *
 * @param ignored columns that are not compared, by their name on either side
 * @param renamed columns of the left table by their other name in the right one
 * @param forms columns of the left table and how they are compared
 */
public record PairRules(
    List<String> ignored, Map<String, String> renamed, Map<String, ColumnRule> forms) {

  /** Nothing. */
  public static final PairRules NONE = new PairRules(List.of(), Map.of(), Map.of());

  boolean ignores(String column) {
    return ignored.stream().anyMatch(column::equalsIgnoreCase);
  }

  Optional<ValueForm> form(ColumnShape left, ColumnShape right) {
    ColumnRule rule = forms.get(left.name());
    return rule == null ? ValueForms.of(left, right) : Optional.of(rule.form());
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
