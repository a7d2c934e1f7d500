package io.crossfade.reconciler.tables;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column, as information_schema describes it.
 *
 * @param type with its length and attributes: {@code decimal(10,2) unsigned}
 * @param charset {@code null} for what is not text
 * @param generated whether its value is computed from other columns
 * @param checkedJson whether it is text that must be JSON, as MariaDB keeps it
 * @param members of an ENUM or a SET, in the order of their numbers
 */
record ColumnShape(
    String name,
    String type,
    Family family,
    @Nullable String charset,
    @Nullable String collation,
    boolean nullable,
    boolean generated,
    boolean checkedJson,
    List<String> members) {

  /** How its value is asked for, so that every server and type of the family shows it alike. */
  String expression() {
    String name = Sql.name(name());
    return switch (family) {
      case INTEGER, DECIMAL -> type.contains("zerofill") ? name + " + 0" : name;
      // A FLOAT is shown with six digits, of which several values have the same.
      case FLOATING -> name + " + 0E0";
      // The error value has number 0 and no text, as a member may have.
      case ENUM -> members.contains("") ? "IF(" + name + " + 0 = 0, '\\0', " + name + ")" : name;
      case SET -> members.contains("") ? "CONCAT(" + name + " + 0, ':', " + name + ")" : name;
      default -> name;
    };
  }

  /** Its type as both MySQL and MariaDB could say it: MySQL 8 shows no widths of integers. */
  String plainType() {
    String plain =
        type.toLowerCase(Locale.ROOT)
            .replaceAll("^(\\w*int)\\(\\d+\\)", "$1")
            .replace("year(4)", "year")
            .replace(" /*m!100301 compressed*/", "")
            .replaceFirst("^geomcollection$", "geometrycollection");
    return family == Family.JSON || checkedJson ? "json" : plain;
  }

  /** With its collation. */
  String described() {
    return collation == null || plainType().equals("json")
        ? plainType()
        : plainType() + " " + collation;
  }
}
