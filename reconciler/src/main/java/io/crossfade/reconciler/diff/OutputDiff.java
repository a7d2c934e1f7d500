package io.crossfade.reconciler.diff;

import java.sql.SQLException;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges two sequences of rows in the order of one key and says where they part. Pure: rows come
 * from the caller's sources, what is found goes to the caller's sink; two rows are held at a time.
 */
public final class OutputDiff {

  /** Rows in the order of the key. */
  public interface Source<R> {
    /** The next row, or {@code null} after the last. */
    @Nullable R next() throws SQLException;
  }

  /** What the merge finds, in the order of the key. */
  public interface Sink<R> {
    /** Both have a row of this key. */
    void both(R legacy, R stream) throws SQLException;

    /** Only the legacy source has it. */
    void onlyLegacy(R legacy) throws SQLException;

    /** Only the stream source has it. */
    void onlyStream(R stream) throws SQLException;
  }

  private OutputDiff() {}

  /** Merges; both sources are in the given order. */
  public static <R> void merge(
      Comparator<? super R> order, Source<R> legacy, Source<R> stream, Sink<R> sink)
      throws SQLException {
    R left = legacy.next();
    R right = stream.next();
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
