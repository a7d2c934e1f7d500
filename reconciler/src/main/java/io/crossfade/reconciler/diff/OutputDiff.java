package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.RawRow;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges two sequences of rows in the order of one key and says where they part. Pure: rows come
 * from the caller's sources, what is found goes to the caller's sink; two rows are held at a time.
 */
final class OutputDiff {

  /** Rows in the order of the key. */
  interface Source {
    /** The next row, or {@code null} after the last. */
    @Nullable RawRow next() throws SQLException;
  }

  /** What the merge finds, in the order of the key. */
  interface Sink {
    /** Both have a row of this key. */
    void both(RawRow legacy, RawRow stream) throws SQLException;

    /** Only the legacy source has it. */
    void onlyLegacy(RawRow legacy) throws SQLException;

    /** Only the stream source has it. */
    void onlyStream(RawRow stream) throws SQLException;
  }

  private OutputDiff() {}

  static void merge(OutputScan.Order order, Source legacy, Source stream, Sink sink)
      throws SQLException {
    RawRow left = legacy.next();
    RawRow right = stream.next();
    while (left != null || right != null) {
      int which = left == null ? 1 : right == null ? -1 : order.compare(left, right);
      if (which == 0) {
        sink.both(Objects.requireNonNull(left), Objects.requireNonNull(right));
        left = legacy.next();
        right = stream.next();
      } else if (which < 0) {
        sink.onlyLegacy(Objects.requireNonNull(left));
        left = legacy.next();
      } else {
        sink.onlyStream(Objects.requireNonNull(right));
        right = stream.next();
      }
    }
  }
}
