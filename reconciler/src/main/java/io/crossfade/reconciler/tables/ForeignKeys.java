package io.crossfade.reconciler.tables;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What refers to the tables of a schema: in which order they are written, and what hangs on a row.
 */
final class ForeignKeys {

  /**
   * Rows of a child that refer to a row of a parent.
   *
   * @param child its name as it stands in statements
   * @param columns of the child, each for the one of the parent at the same place
   * @param deletes whether the server changes the child when its parent is deleted
   * @param updates whether it does so when what is referred to is updated
   */
  record Reference(
      String childSchema,
      String child,
      String parent,
      List<String> columns,
      List<String> parentColumns,
      boolean deletes,
      boolean updates) {

    String childName() {
      return Sql.name(childSchema) + "." + Sql.name(child);
    }
  }

  private final String schema;
  private final List<Reference> references;

  private ForeignKeys(String schema, List<Reference> references) {
    this.schema = schema;
    this.references = references;
  }

  /** Asks a server, as the user who writes there. */
  static ForeignKeys of(Connection connection, String schema) throws SQLException {
    Map<String, Reference> found = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT k.table_schema, k.table_name, k.constraint_name, k.column_name,"
                + " k.referenced_table_name, k.referenced_column_name, r.delete_rule, r.update_rule"
                + " FROM information_schema.key_column_usage k JOIN"
                + " information_schema.referential_constraints r ON r.constraint_schema ="
                + " k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name"
                + " = k.table_name WHERE k.referenced_table_schema = ? ORDER BY k.table_schema,"
                + " k.table_name, k.constraint_name, k.ordinal_position")) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String name = row.getString(1) + "\n" + row.getString(2) + "\n" + row.getString(3);
          Reference reference = found.get(name);
          if (reference == null) {
            reference =
                new Reference(
                    row.getString(1),
                    row.getString(2),
                    row.getString(5),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    follows(row.getString(7)),
                    follows(row.getString(8)));
            found.put(name, reference);
          }
          reference.columns().add(row.getString(4));
          reference.parentColumns().add(row.getString(6));
        }
      }
    }
    return new ForeignKeys(schema, List.copyOf(found.values()));
  }

  private static boolean follows(String rule) {
    return switch (rule.toUpperCase(Locale.ROOT)) {
      case "RESTRICT", "NO ACTION" -> false;
      default -> true;
    };
  }

  /** What refers to a table. */
  List<Reference> to(String table) {
    return references.stream().filter(one -> one.parent().equalsIgnoreCase(table)).toList();
  }

  /** Tables in an order in which a parent comes before its children, but for those in a ring. */
  List<String> parentsFirst(List<String> tables) {
    Set<String> ordered = new LinkedHashSet<>();
    for (String table : tables) {
      add(table, tables, new LinkedHashSet<>(), ordered);
    }
    return List.copyOf(ordered);
  }

  private void add(String table, List<String> tables, Set<String> path, Set<String> ordered) {
    if (ordered.contains(table) || !path.add(table)) {
      return;
    }
    for (Reference reference : references) {
      if (reference.childSchema().equalsIgnoreCase(schema)
          && reference.child().equalsIgnoreCase(table)) {
        tables.stream()
            .filter(reference.parent()::equalsIgnoreCase)
            .forEach(parent -> add(parent, tables, path, ordered));
      }
    }
    ordered.add(table);
  }
}
