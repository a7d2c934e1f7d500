package io.crossfade.db.kind;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table that records of a kind are written to.
 *
 * @param name {@code [A-Za-z_][A-Za-z0-9_]{0,63}}
 * @param columns names of fields and those of their columns, in the order of the table; with {@code
 *     rows} a name is that of a field of the row, or else of the record
 * @param rows where its rows stand, when a record has any number of them; {@code null} for one
 */
public record TableSpec(
    String name, Keep keep, Map<String, String> columns, @Nullable RowsSpec rows) {

  public TableSpec {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }
}
