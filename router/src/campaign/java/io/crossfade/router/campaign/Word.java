package io.crossfade.router.campaign;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the product itself says: its outputs, its dead letters, what it calls lost, and what a
 * comparison of it names.
 *
 * @param rows by output, what it has of the devices' records
 * @param letters records that are dead letters
 * @param excused records of which it noted that a path may not have them: when somebody deletes one
 *     that came all the same, nothing tells
 * @param lost by path, records that it says are lost
 * @param differences rows that the comparison names, those of records
 * @param states the same, of the tables with a row per device
 */
record Word(
    Map<DeliveryPath, Map<RecordId, Row>> rows,
    Set<RecordId> letters,
    Set<RecordId> excused,
    Map<DeliveryPath, Set<RecordId>> lost,
    Map<RecordId, Named> differences,
    Map<RecordId, Named> states,
    String verdict) {

  /**
   * A row of an output.
   *
   * @param number what stands in its column
   * @param reason why the path had it
   */
  record Row(int number, String reason) {}

  /** A difference as the comparison names it. */
  record Named(String table, String kind, @Nullable String explanation, String device) {}

  private interface Sink {
    void row(ResultSet row) throws SQLException;
  }

  /**
   * Asks.
   *
   * @param run the comparison
   * @param prefix of the devices' names
   */
  static Word of(Site site, long run, String prefix) throws SQLException {
    try (Connection connection = site.database.admin();
        Statement sql = connection.createStatement()) {
      String control = site.schema(site.schemas.control());
      Map<DeliveryPath, Map<RecordId, Row>> rows = new EnumMap<>(DeliveryPath.class);
      Map<DeliveryPath, Set<RecordId>> lost = new EnumMap<>(DeliveryPath.class);
      for (DeliveryPath path : DeliveryPath.values()) {
        rows.put(path, rows(sql, output(site, path), prefix));
        Set<RecordId> of = new HashSet<>();
        each(
            sql,
            "SELECT id FROM %s.lost_record WHERE path = '%s'".formatted(control, path),
            row -> of.add(RecordId.of(row.getBytes(1))));
        lost.put(path, of);
      }
      Set<RecordId> letters = new HashSet<>();
      each(
          sql,
          "SELECT dead_key FROM %s.dead_letter".formatted(control),
          row -> letters.add(RecordId.of(row.getBytes(1))));
      Set<RecordId> excused = new HashSet<>();
      for (String table : new String[] {"dropped_mirror", "refused_record"}) {
        each(
            sql,
            "SELECT id FROM %s.%s".formatted(control, table),
            row -> excused.add(RecordId.of(row.getBytes(1))));
      }
      rows.values()
          .forEach(
              of ->
                  of.forEach(
                      (id, row) -> {
                        if (row.reason().equals("STREAM_UNAVAILABLE")) {
                          excused.add(id);
                        }
                      }));
      Map<RecordId, Named> differences = new HashMap<>();
      Map<RecordId, Named> states = new HashMap<>();
      each(
          sql,
          "SELECT id, table_name, class, explanation, device_sn FROM %s.difference WHERE comparison_id = %d"
              .formatted(control, run),
          row ->
              (row.getString(2).equals("t_device_info") ? states : differences)
                  .put(
                      RecordId.of(row.getBytes(1)),
                      new Named(
                          row.getString(2), row.getString(3), row.getString(4), row.getString(5))));
      String[] verdict = {""};
      each(
          sql,
          "SELECT verdict FROM %s.comparison WHERE id = %d".formatted(control, run),
          row -> verdict[0] = row.getString(1));
      return new Word(rows, letters, excused, lost, differences, states, verdict[0]);
    }
  }

  static String output(Site site, DeliveryPath path) {
    return site.schema(path == DeliveryPath.LEGACY ? site.schemas.legacy() : site.schemas.stream());
  }

  private static Map<RecordId, Row> rows(Statement sql, String output, String prefix)
      throws SQLException {
    Map<RecordId, Row> rows = new HashMap<>();
    for (String table :
        new String[] {
          "heart_rate, route_reason FROM %s.t_user_health_data WHERE device_sn",
          "battery_level, route_reason FROM %s.t_device_info_history WHERE serial_number",
          "event_value, route_reason FROM %s.t_common_event WHERE device_sn"
        }) {
      each(
          sql,
          "SELECT id, " + table.formatted(output) + " LIKE '" + prefix + "%'",
          row ->
              rows.put(
                  RecordId.of(row.getBytes(1)),
                  new Row(Integer.parseInt(row.getString(2)), row.getString(3))));
    }
    return rows;
  }

  private static void each(Statement statement, String sql, Sink sink) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        sink.row(result);
      }
    }
  }
}
