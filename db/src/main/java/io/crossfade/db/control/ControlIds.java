package io.crossfade.db.control;

import io.crossfade.db.RecordId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks up ids in tables of the control schema, and keeps notes of acceptances there. */
final class ControlIds {

  private static final int ROWS_PER_STATEMENT = 500;

  private ControlIds() {}

  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private record Stamped(RecordId id, long stamp) {}

  /**
   * Which of these ids a table has.
   *
   * @param select a query of ids that ends with the column of ids, and has one parameter before it
   */
  static Set<RecordId> among(
      ControlTransactions transactions, String select, String parameter, Collection<RecordId> ids)
      throws SQLException {
    return new HashSet<>(
        rows(transactions, select, parameter, ids, row -> RecordId.of(row.getBytes(1))));
  }

  /**
   * The stamps that a table has of these ids.
   *
   * @param select a query of ids and stamps that ends with the column of ids, and has one parameter
   *     before it
   */
  static Map<RecordId, Set<Long>> stamps(
      ControlTransactions transactions, String select, String parameter, Collection<RecordId> ids)
      throws SQLException {
    Map<RecordId, Set<Long>> found = new HashMap<>();
    rows(
            transactions,
            select,
            parameter,
            ids,
            row -> new Stamped(RecordId.of(row.getBytes(1)), row.getLong(2)))
        .forEach(one -> found.computeIfAbsent(one.id(), id -> new HashSet<>()).add(one.stamp()));
    return found;
  }

  private static <T> List<T> rows(
      ControlTransactions transactions,
      String select,
      String parameter,
      Collection<RecordId> ids,
      RowReader<T> reader)
      throws SQLException {
    if (ids.isEmpty()) {
      return List.of();
    }
    String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
    return transactions
        .forLongQuestions()
        .on(
            connection -> {
              List<T> read = new ArrayList<>();
              try (PreparedStatement statement =
                  connection.prepareStatement(select + " IN (" + marks + ")")) {
                statement.setString(1, parameter);
                int next = 2;
                for (RecordId id : ids) {
                  statement.setBytes(next++, id.bytes());
                }
                try (ResultSet row = statement.executeQuery()) {
                  while (row.next()) {
                    read.add(reader.read(row));
                  }
                }
              }
              return read;
            });
  }

  /**
   * Keeps notes, all or none; one that is there stays as it is.
   *
   * @param insert up to {@code VALUES}
   * @param notes values of the columns, note by note
   */
  static void keep(ControlTransactions transactions, String insert, List<List<Object>> notes)
      throws SQLException {
    if (notes.isEmpty()) {
      return;
    }
    String row = String.join(",", Collections.nCopies(notes.getFirst().size(), "?"));
    transactions.on(
        connection -> {
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
          return notes.size();
        });
  }
}
