package io.crossfade.reconciler;

import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Differences of a run by what they have in common, most first.
 *
 * @param total how many were counted
 * @param atLeast whether there are more, which were not looked at
 * @param columns each that differs; a difference may have several
 * @param kinds names of kinds; of a kind that this process has not, names of tables
 * @param times when they were accepted, oldest first; those with most when there are too many
 * @param otherTimes how many times were left out
 */
public record DifferenceSummary(
    long total,
    boolean atLeast,
    List<Entry<DifferenceClass>> classes,
    List<Cause> causes,
    List<Entry<String>> columns,
    List<Entry<String>> kinds,
    List<Time> times,
    int otherTimes) {

  /** How many differences have a value. */
  public record Entry<T>(T value, long count) {}

  /**
   * How many are explained so.
   *
   * @param value {@code null} for those that nobody can explain
   */
  public record Cause(@Nullable Explanation value, long count) {}

  /**
   * How many were accepted in a minute, or in an hour of a long window.
   *
   * @param to when it has ended
   */
  public record Time(Instant from, Instant to, long count) {}
}
