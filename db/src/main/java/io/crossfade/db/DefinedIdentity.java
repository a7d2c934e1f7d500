package io.crossfade.db;

import io.crossfade.db.kind.KindSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which of a record's values tell it from others. */
final class DefinedIdentity {

  private final int[] fields;

  DefinedIdentity(KindSpec kind) {
    this.fields = kind.identity().stream().mapToInt(kind::indexOf).toArray();
  }

  /** The natural key of a record with these values, see {@link DefinedValues#key}. */
  List<String> of(List<@Nullable Object> values) {
    return IntStream.of(fields).mapToObj(field -> DefinedValues.key(values.get(field))).toList();
  }
}
