package io.crossfade.reconciler.tables;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column, as information_schema describes it.
 *
 * @param type with its length and attributes: {@code decimal(10,2) unsigned}
 * @param charset {@code null} for what is not text
 * @param generated whether its value is computed from other columns
 * @param stamped whether its server sets it whenever a row is updated
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
    boolean stamped,
    boolean checkedJson,
    List<String> members) {

  private static final Pattern LONG = Pattern.compile("^(medium|long)(text|blob)");

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

  /** Number of a member of an ENUM; 0 for its error value, and for what is no member. */
  int numberOfMember(String text) {
    return members.indexOf(text) + 1;
  }

  /** Members of a SET by their bits; what is no member has none. */
  BigInteger numberOfMembers(String text) {
    int colon = members.contains("") ? text.indexOf(':') : -1;
    if (colon > 0) {
      return new BigInteger(text.substring(0, colon));
    }
    BigInteger number = BigInteger.ZERO;
    for (String member : text.split(",", -1)) {
      int at = members.indexOf(member);
      number = at < 0 ? number : number.setBit(at);
    }
    return number;
  }

  /** Whether all these are members. */
  boolean hasMembers(String text) {
    return text.isEmpty()
        || (members.contains("") && text.matches("\\d+:.*"))
        || members.containsAll(List.of(text.split(",", -1)));
  }

  /** Whether its values may have more than 64 KiB. */
  boolean mayBeLong() {
    return family == Family.JSON || family == Family.GEOMETRY || LONG.matcher(type).find();
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
