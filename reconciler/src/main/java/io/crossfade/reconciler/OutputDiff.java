package io.crossfade.reconciler;

import io.crossfade.db.StoredRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges two sequences of rows that are ordered by id and says where they part. Pure: rows come
 * from the caller's sources, what is found goes to the caller's sink; two rows are held at a time.
 */
final class OutputDiff {

  /** Rows in the order of their ids. */
  interface Source {
    /** The next row, or {@code null} after the last. */
    @Nullable StoredRow next() throws SQLException;
  }

  /** What the merge finds, in the order of ids. */
  interface Sink {
    /** Both have a row of this id. */
    void both(StoredRow legacy, StoredRow stream) throws SQLException;

    /** Only the legacy source has it. */
    void onlyLegacy(StoredRow legacy) throws SQLException;

    /** Only the stream source has it. */
    void onlyStream(StoredRow stream) throws SQLException;
  }

  private OutputDiff() {}

  static void merge(Source legacy, Source stream, Sink sink) throws SQLException {
    StoredRow left = legacy.next();
    StoredRow right = stream.next();
    while (left != null || right != null) {
      int order = left == null ? 1 : right == null ? -1 : left.id().compareTo(right.id());
      if (order == 0) {
        sink.both(Objects.requireNonNull(left), Objects.requireNonNull(right));
        left = legacy.next();
        right = stream.next();
      } else if (order < 0) {
        sink.onlyLegacy(Objects.requireNonNull(left));
        left = legacy.next();
      } else {
        sink.onlyStream(Objects.requireNonNull(right));
        right = stream.next();
      }
    }
  }

  /** The fields in which two rows of one id differ, empty when none does. */
  static List<Difference.Field> fields(List<String> columns, StoredRow legacy, StoredRow stream) {
    List<Difference.Field> fields = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Object left = legacy.values().get(i);
      Object right = stream.values().get(i);
      if (!Objects.equals(left, right)) {
        fields.add(new Difference.Field(columns.get(i), text(left), text(right)));
      }
    }
    return fields;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
