package io.crossfade.reconciler.tables;

import java.util.List;
import java.util.Optional;

/**
 * A table, as its server describes it.
 *
 * @param rows how many, as the server estimates it
 * @param keys unique indexes that tell rows apart, the primary key first
 */
record TableShape(
    String schema, String name, long rows, List<ColumnShape> columns, List<UniqueKey> keys) {

  /**
   * A unique index of whole columns that are not NULL.
   *
   * @param ascending whether all its columns are kept in ascending order
   */
  record UniqueKey(String index, List<String> columns, boolean ascending) {}

  Optional<ColumnShape> column(String column) {
    return columns.stream().filter(one -> one.name().equalsIgnoreCase(column)).findFirst();
  }

  /** As it stands in statements. */
  String sqlName() {
    return Sql.name(schema) + "." + Sql.name(name);
  }
}
