package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.ForeignKeys.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statements that make a row of the target what it is on the other side. Each has a condition under
 * which it leaves a row alone that has changed since it was seen, and what the server would change
 * by itself with it.
 */
final class RepairStatements {

  private final TablePair pair;
  private final int compared;
  private final Side target;
  private final List<Reference> references;
  private final boolean mariaDb;
  private final @Nullable String where;

  /**
   * @param pair with all columns that a new row is written with
   * @param compared how many of them are compared
   * @param references what refers to the target
   * @param where the target's condition, which a row must still meet
   */
  RepairStatements(
      TablePair pair,
      int compared,
      Side target,
      List<Reference> references,
      boolean mariaDb,
      @Nullable String where) {
    this.pair = pair;
    this.compared = compared;
    this.target = target;
    this.references = references;
    this.mariaDb = mariaDb;
    this.where = where;
  }

  private SqlValues values(SqlText sql) {
    return new SqlValues(sql, mariaDb);
  }

  private String table() {
    return pair.of(target).sqlName();
  }

  private ColumnShape column(int i) {
    return pair.columns().get(i).of(target);
  }

  private byte @Nullable [] carried(int i, TableRow source) {
    return CarriedValue.of(pair.columns().get(i), target, source.value(i));
  }

  /** Writes a row where none has its key. */
  SqlText insert(RowKey key, TableRow source) {
    List<Integer> written = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < pair.columns().size(); i++) {
      if (!column(i).generated()) {
        written.add(i);
        names.add(Sql.name(column(i).name()));
      }
    }
    SqlText sql = new SqlText();
    sql.add("INSERT INTO %s (%s) SELECT ".formatted(table(), String.join(", ", names)));
    String comma = "";
    for (int i : written) {
      sql.add(comma);
      values(sql).literal(column(i), carried(i, source));
      comma = ", ";
    }
    sql.add(" FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM " + table() + " WHERE ");
    key(sql, key);
    return sql.add(")");
  }

  /**
   * Writes the columns that differ.
   *
   * @return empty when the server computes all of them
   */
  Optional<SqlText> update(RowKey key, TableRow source, TableRow seen, List<Integer> differing) {
    List<Integer> written = differing.stream().filter(i -> !column(i).generated()).toList();
    if (written.isEmpty()) {
      return Optional.empty();
    }
    SqlText sql = new SqlText();
    sql.add("UPDATE " + table() + " SET ");
    String comma = "";
    List<String> names = new ArrayList<>();
    for (int i : written) {
      names.add(column(i).name());
      sql.add(comma + Sql.name(column(i).name()) + " = ");
      values(sql).literal(column(i), carried(i, source));
      comma = ", ";
    }
    for (ColumnShape one : pair.of(target).columns()) {
      if (one.stamped() && !names.contains(one.name())) {
        String name = Sql.name(one.name());
        sql.add(", " + name + " = " + name);
      }
    }
    seen(sql, key, seen);
    for (Reference one : references) {
      if (one.updates() && one.parentColumns().stream().anyMatch(names::contains)) {
        nothingHangs(sql, one, seen);
      }
    }
    return Optional.of(sql);
  }

  /** Deletes a row. */
  SqlText delete(RowKey key, TableRow seen) {
    SqlText sql = new SqlText();
    sql.add("DELETE FROM " + table());
    seen(sql, key, seen);
    for (Reference one : references) {
      if (one.deletes()) {
        nothingHangs(sql, one, seen);
      }
    }
    return sql;
  }

  private void key(SqlText sql, RowKey key) {
    for (int i = 0; i < pair.keyColumns(); i++) {
      sql.add(i == 0 ? "" : " AND ");
      values(sql).key(column(i), key.part(i));
    }
  }

  private void seen(SqlText sql, RowKey key, TableRow seen) {
    sql.add(" WHERE ");
    key(sql, key);
    for (int i = 0; i < compared; i++) {
      // An equal number is the same number, an equal text may be written in other letters.
      if (i >= pair.keyColumns() || column(i).family() == Family.TEXT) {
        sql.add(" AND ");
        values(sql).asSeen(column(i), seen.value(i));
      }
    }
    if (where != null) {
      sql.add(" AND (" + where + ")");
    }
  }

  /** Condition that no row refers to this one which the server would delete or change with it. */
  private void nothingHangs(SqlText sql, Reference reference, TableRow seen) {
    SqlText held = new SqlText();
    // As a table of its own, and with a limit, since it may be the table that is written.
    held.add(" AND NOT EXISTS (SELECT 1 FROM (SELECT 1 FROM " + reference.childName() + " WHERE ");
    for (int part = 0; part < reference.columns().size(); part++) {
      held.add(part == 0 ? "" : " AND ");
      held.add(Sql.name(reference.columns().get(part)) + " = ");
      int referred = place(reference.parentColumns().get(part));
      if (referred < 0) {
        // Not known, so anything might hang on it.
        sql.add(" AND FALSE");
        return;
      }
      byte[] value = seen.value(referred);
      if (value == null) {
        return;
      }
      values(held).literal(column(referred), value);
    }
    held.add(" LIMIT 1) AS held)");
    sql.add(held);
  }

  private int place(String name) {
    for (int i = 0; i < pair.columns().size(); i++) {
      if (column(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }
}
