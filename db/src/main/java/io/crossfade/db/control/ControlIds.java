package io.crossfade.db.control;

import io.crossfade.db.RecordId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** Looks up ids in tables of the control schema, and keeps notes of acceptances there. */
final class ControlIds {

  private static final int ROWS_PER_STATEMENT = 500;

  private ControlIds() {}

  private interface RowSink {
    void row(ResultSet row) throws SQLException;
  }

  /**
   * Which of these ids a table has.
   *
   * @param select a query of ids that ends with the column of ids, and has one parameter before it
   */
  static Set<RecordId> among(
      DataSource control, String select, String parameter, Collection<RecordId> ids)
      throws SQLException {
    Set<RecordId> found = new HashSet<>();
    forEach(control, select, parameter, ids, row -> found.add(RecordId.of(row.getBytes(1))));
    return found;
  }

  /**
   * The stamps that a table has of these ids.
   *
   * @param select a query of ids and stamps that ends with the column of ids, and has one parameter
   *     before it
   */
  static Map<RecordId, Set<Long>> stamps(
      DataSource control, String select, String parameter, Collection<RecordId> ids)
      throws SQLException {
    Map<RecordId, Set<Long>> found = new HashMap<>();
    forEach(
        control,
        select,
        parameter,
        ids,
        row ->
            found
                .computeIfAbsent(RecordId.of(row.getBytes(1)), id -> new HashSet<>())
                .add(row.getLong(2)));
    return found;
  }

  private static void forEach(
      DataSource control, String select, String parameter, Collection<RecordId> ids, RowSink sink)
      throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
    try (Connection connection = control.getConnection();
        PreparedStatement statement = connection.prepareStatement(select + " IN (" + marks + ")")) {
      statement.setString(1, parameter);
      int next = 2;
      for (RecordId id : ids) {
        statement.setBytes(next++, id.bytes());
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          sink.row(result);
        }
      }
      connection.commit();
    }
  }

  /**
   * Keeps notes, all or none; one that is there stays as it is.
   *
   * @param insert up to {@code VALUES}
   * @param notes values of the columns, note by note
   */
  static void keep(DataSource control, String insert, List<List<Object>> notes)
      throws SQLException {
    if (notes.isEmpty()) {
      return;
    }
    String row = String.join(",", Collections.nCopies(notes.getFirst().size(), "?"));
    try (Connection connection = control.getConnection()) {
      try {
        for (int from = 0; from < notes.size(); from += ROWS_PER_STATEMENT) {
          List<List<Object>> some =
              notes.subList(from, Math.min(notes.size(), from + ROWS_PER_STATEMENT));
          String marks = String.join(",", Collections.nCopies(some.size(), "(" + row + ")"));
          try (PreparedStatement statement = connection.prepareStatement(insert + marks)) {
            int parameter = 1;
            for (List<Object> note : some) {
              for (Object value : note) {
                statement.setObject(parameter++, value);
              }
            }
            statement.executeUpdate();
          }
        }
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }
}
