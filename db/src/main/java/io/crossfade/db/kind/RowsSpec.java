package io.crossfade.db.kind;

import java.util.List;

/**
 * Rows that stand in a record as a list.
 *
 * @param from where the list stands: the first of these that has one counts
 * @param key names of the row's fields that tell rows of one record apart, which every row has;
 *     empty when their positions do
 * @param fields of a row; none is named as one of the record's that its table has
 */
public record RowsSpec(List<FieldPath> from, List<String> key, List<FieldSpec> fields) {

  public RowsSpec {
    from = List.copyOf(from);
    key = List.copyOf(key);
    fields = List.copyOf(fields);
  }
}
