package io.crossfade.db;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How rows of a kind's first table say that they go ahead of others.
 *
 * @param column of text
 * @param values of it; {@code null} where the settings name them
 */
public record UrgentRows(String column, @Nullable Set<String> values) {

  /**
   * The values that are urgent.
   *
   * @param settings those that the settings name
   */
  public Set<String> values(Set<String> settings) {
    return values == null ? settings : values;
  }
}
