package io.crossfade.reconciler;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one place where a filter becomes SQL: a condition on the table {@code difference}, with the
 * values for its marks.
 */
record DifferenceWhere(String sql, List<Object> values) {

  static final String UNREPAIRED = " AND repair_id IS NULL";

  DifferenceWhere and(String more, Object... others) {
    List<Object> all = new ArrayList<>(values);
    all.addAll(Arrays.asList(others));
    return new DifferenceWhere(sql + more, all);
  }

  /** What was looked at once only is not told yet. */
  static DifferenceWhere of(long run, DifferenceFilter filter) {
    DifferenceWhere where = new DifferenceWhere("comparison_id = ? AND looks = 2", List.of(run));
    if (filter.kind() != null) {
      List<OutputTable<?>> tables = OutputTables.of(filter.kind());
      where =
          where.and(
              tables.stream()
                  .map(table -> "?")
                  .collect(Collectors.joining(",", " AND table_name IN (", ")")),
              tables.stream().map(OutputTable::name).toArray());
    }
    if (filter.difference() != null) {
      where = where.and(" AND class = ?", filter.difference().name());
    }
    if (filter.column() != null) {
      // A name that is not ASCII has no collation with a column that is.
      where =
          where.and(
              " AND FIND_IN_SET(?, CONVERT(columns USING utf8mb4) COLLATE utf8mb4_bin) > 0",
              filter.column());
    }
    if (filter.explained() != null) {
      where =
          where.and(
              filter.explained() ? " AND explanation IS NOT NULL" : " AND explanation IS NULL");
    }
    if (filter.explanation() != null) {
      where = where.and(" AND explanation = ?", filter.explanation().name());
    }
    if (filter.urgent() != null) {
      where = where.and(" AND urgent = ?", filter.urgent());
    }
    if (filter.repaired() != null) {
      where = where.and(filter.repaired() ? " AND repair_id IS NOT NULL" : UNREPAIRED);
    }
    if (filter.deviceSn() != null) {
      String device = filter.deviceSn();
      // To the collation "A" and "A " are one device.
      where =
          where.and(
              " AND device_sn = ? AND LENGTH(device_sn) = ?",
              device,
              device.getBytes(StandardCharsets.UTF_8).length);
    }
    if (filter.from() != null) {
      where = where.and(" AND stamp >= ?", AcceptanceStamp.floor(filter.from()));
    }
    if (filter.to() != null) {
      where = where.and(" AND stamp < ?", AcceptanceStamp.floor(filter.to()));
    }
    return where;
  }
}
