package io.crossfade.reconciler.diff;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.crossfade.db.OutputScan;
import io.crossfade.db.RecordId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the comparison of a table came. Counts only rows that both sides were consumed of.
 *
 * @param order in which the window is read
 * @param expected rows a side, as the server estimated
 * @param consumed rows consumed, of both sides
 * @param matching ids that both outputs have with equal columns
 * @param notMirrored rows that were meant for one output, since dual write was off; not compared
 * @param late rows that differed at the first look and agreed at the second; counted as matching
 * @param fallbacks rows of the legacy output that the memory queue took for the stream
 * @param streamServed rows of the stream output that the stream served
 * @param scanned whether the whole window is consumed
 * @param afterStamp stamp of the last row consumed
 * @param afterId its id, hexadecimal
 */
public record TableProgress(
    OutputScan.Order order,
    long expected,
    long consumed,
    long matching,
    long notMirrored,
    long late,
    long fallbacks,
    long streamServed,
    boolean scanned,
    @Nullable Long afterStamp,
    @Nullable String afterId) {

  static TableProgress begin(OutputScan.Order order, long expected) {
    return new TableProgress(order, expected, 0, 0, 0, 0, 0, 0, false, null, null);
  }

  /** After so many rows were taken from another run, each to be looked at once more. */
  public static TableProgress ofRows(long rows) {
    return new TableProgress(
        OutputScan.Order.BY_ID, rows, 2 * rows, 0, 0, 0, 0, 0, true, null, null);
  }

  /** After all rows were counted, and none compared. */
  TableProgress counted(long rows, long fallbacksOfThem, long streamServedOfThem) {
    return new TableProgress(
        order, expected, rows, 0, rows, 0, fallbacksOfThem, streamServedOfThem, true, null, null);
  }

  /** Where to go on; {@code null} at the beginning. */
  @JsonIgnore
  OutputScan.@Nullable Place after() {
    return afterId == null
        ? null
        : new OutputScan.Place(Objects.requireNonNull(afterStamp), RecordId.parse(afterId));
  }

  TableProgress afterSecondLook(long agreed) {
    return new TableProgress(
        order,
        expected,
        consumed,
        matching + agreed,
        notMirrored,
        late + agreed,
        fallbacks,
        streamServed,
        scanned,
        afterStamp,
        afterId);
  }
}
