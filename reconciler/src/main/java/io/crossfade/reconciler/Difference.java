package io.crossfade.reconciler;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.crossfade.db.RecordId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One row on which the two outputs do not agree. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "class")
public sealed interface Difference {

  RecordId id();

  /** The legacy output has the row, the stream output does not. */
  record MissingInStream(RecordId id) implements Difference {}

  /** The stream output has the row, the legacy output does not. */
  record MissingInLegacy(RecordId id) implements Difference {}

  /** Both have the row and fields differ. */
  record FieldsDiffer(RecordId id, List<Field> fields) implements Difference {}

  /** One field that differs; {@code null} is the database's NULL. */
  record Field(String column, @Nullable String legacy, @Nullable String stream) {}
}
