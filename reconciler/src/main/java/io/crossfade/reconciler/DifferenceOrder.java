package io.crossfade.reconciler;

import java.util.ArrayList;
import java.util.List;

/** In which order differences are listed. Tables and ids are the end of each, so none is shared. */
public enum DifferenceOrder {
  /** Urgent ones first. */
  URGENT("urgent,table_name,id"),
  /** As they were accepted, the oldest first. */
  TIME("stamp,table_name,id"),
  /** Those of a device together, as they were accepted. */
  DEVICE("device_sn,stamp,table_name,id");

  private static final String DESCENDING = "urgent";

  private final String columns;

  DifferenceOrder(String columns) {
    this.columns = columns;
  }

  /** What a difference has in the columns by which lists are ordered. */
  record Keys(boolean urgent, long stamp, String deviceSn, DifferencePlace place) {
    Object of(String column) {
      return switch (column) {
        case "urgent" -> urgent;
        case "stamp" -> stamp;
        case "device_sn" -> deviceSn;
        case "table_name" -> place.table();
        case "id" -> place.id().bytes();
        default -> throw new IllegalArgumentException(column);
      };
    }
  }

  /** For {@code ORDER BY}. */
  String sql() {
    return columns.replace(DESCENDING, DESCENDING + " DESC");
  }

  /** What follows a difference, whether it still is where it was seen or not. */
  DifferenceWhere after(DifferenceWhere where, Keys seen) {
    StringBuilder sql = new StringBuilder();
    List<Object> values = new ArrayList<>();
    List<String> each = List.of(columns.split(",", -1));
    for (String column : each) {
      boolean last = column.equals(each.getLast());
      sql.append(" AND (").append(column).append(column.equals(DESCENDING) ? " < ?" : " > ?");
      values.add(seen.of(column));
      if (!last) {
        sql.append(" OR (").append(column).append(" = ?");
        values.add(seen.of(column));
      }
    }
    sql.append(")".repeat(2 * each.size() - 1));
    return where.and(sql.toString(), values.toArray());
  }
}
