package io.crossfade.reconciler.diff;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import org.jspecify.annotations.Nullable;

/**
 * A row that the saboteur shows otherwise than an output has it. Both outputs had it alike.
 *
 * @param id under which it is shown, and must be named
 * @param row the row that it was made of: another than {@code id} only when it is shown twice
 * @param stamp of that row, in both outputs
 * @param side the output that is shown otherwise
 * @param column the one that is altered
 * @param urgent whether it is an urgent event
 */
public record Plant(
    RecordId id,
    RecordId row,
    long stamp,
    Sort sort,
    DeliveryPath side,
    @Nullable String column,
    boolean urgent) {

  /** What is done to a row. */
  public enum Sort {
    /** Its output does not have it. */
    HIDDEN,
    /** One column has another value. */
    ALTERED,
    /** Its output has it a second time, under an id that its key does not give. */
    DOUBLED,
    /** Its output has it with a route reason that nobody knows. */
    SPOILT,
    /** It comes between being read with its page and being looked for: nothing to be named. */
    LATE
  }

  /** What became of it. */
  public enum Outcome {
    /** Nobody has named it. */
    PLANTED,
    /** The first look named it as what it is. */
    NAMED,
    /** So did the second, and excused it by nothing. */
    BELIEVED,
    /** The second look named it and found an excuse. */
    EXCUSED,
    /** It was named as something else, or though there was nothing to name. */
    MISNAMED,
    /** The row that it was made of came otherwise than the output has it. */
    MISREAD
  }

  /** Whether there is nothing to be named. */
  boolean isDecoy() {
    return sort == Sort.LATE;
  }

  /** Whether that is what a run must say of it: class, side, column and urgency. */
  boolean isNamedBy(RowPair pair, Difference found) {
    return switch (sort) {
      case HIDDEN ->
          (found.urgent() || !urgent)
              && found.kind()
                  == (side == DeliveryPath.STREAM
                      ? DifferenceClass.MISSING_IN_STREAM
                      : DifferenceClass.MISSING_IN_LEGACY);
      case ALTERED ->
          found.kind() == DifferenceClass.FIELDS_DIFFER && found.columns().equals(column);
      case DOUBLED ->
          found.kind() == DifferenceClass.REPEATED
              && pair.of(side) != null
              && pair.of(side.other()) == null;
      case SPOILT ->
          found.kind() == DifferenceClass.UNREADABLE
              && found.columns().equals(RowPair.ROUTE_REASON);
      case LATE -> false;
    };
  }
}
