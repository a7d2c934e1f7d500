package io.crossfade.reconciler.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What differs between two tables, by reading both whole into maps: slow and plain. */
final class PlainOracle {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PlainOracle() {}

  /** How many rows, by what is wrong. */
  static Map<RowDifference.Sort, Long> differences(
      RandomTable table, Connection left, Connection right) throws Exception {
    Map<List<Object>, List<Object>> one = read(table, left);
    Map<List<Object>, List<Object>> other = read(table, right);
    Map<RowDifference.Sort, Long> counts = new TreeMap<>();
    Set<List<Object>> keys = new HashSet<>(one.keySet());
    keys.addAll(other.keySet());
    for (List<Object> key : keys) {
      if (!other.containsKey(key)) {
        counts.merge(RowDifference.Sort.ONLY_LEFT, 1L, Long::sum);
      } else if (!one.containsKey(key)) {
        counts.merge(RowDifference.Sort.ONLY_RIGHT, 1L, Long::sum);
      } else if (!one.get(key).equals(other.get(key))) {
        counts.merge(RowDifference.Sort.DIFFERS, 1L, Long::sum);
      }
    }
    return counts;
  }

  /** All rows of one side by their keys. */
  static Map<List<Object>, List<Object>> read(RandomTable table, Connection connection)
      throws Exception {
    Map<List<Object>, List<Object>> rows = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT "
                    + String.join(", ", table.columns.stream().map(PlainOracle::asked).toList())
                    + " FROM `t a``b`")) {
      while (row.next()) {
        List<Object> key = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < table.columns.size(); i++) {
          RandomTable.Column column = table.columns.get(i);
          (column.inKey() ? key : values).add(value(column.type().left(), row, i + 1));
        }
        if (rows.put(key, values) != null) {
          throw new IllegalStateException("Two rows of one key: " + key);
        }
      }
    }
    return rows;
  }

  private static Object value(String type, ResultSet row, int at) throws Exception {
    if (row.getBytes(at) == null) {
      return "NULL of SQL";
    }
    String name = type.replaceAll("[ (].*", "");
    return switch (name) {
      case "TINYINT", "INT", "BIGINT", "DECIMAL", "YEAR", "FLOAT", "DOUBLE" ->
          number(text(row, at));
      case "BIT" -> new BigInteger(1, row.getBytes(at));
      case "DATE" -> text(row, at);
      case "DATETIME", "TIMESTAMP", "TIME" ->
          text(row, at).replaceFirst("(\\.\\d*?)0+$", "$1").replaceFirst("\\.$", "");
      case "CHAR", "VARCHAR", "TEXT", "ENUM" -> text(row, at);
      case "SET" -> new TreeSet<>(Arrays.asList(text(row, at).split(",")));
      case "JSON" -> canonical(JSON.readTree(text(row, at)));
      case "BINARY", "VARBINARY", "BLOB", "POINT", "GEOMETRY" -> hex(row.getBytes(at));
      default -> throw new IllegalStateException(type);
    };
  }

  private static String text(ResultSet row, int at) throws Exception {
    return new String(row.getBytes(at), StandardCharsets.UTF_8);
  }

  private static Object number(String text) {
    BigDecimal number = new BigDecimal(text);
    return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
  }

  /** A FLOAT is shown with six digits, and two members of an ENUM may look alike. */
  private static String asked(RandomTable.Column column) {
    String name = Sql.name(column.name());
    String type = column.type().left();
    return type.startsWith("FLOAT") || type.startsWith("DOUBLE")
        ? "CAST(" + name + " AS DECIMAL(65,30))"
        : type.equals("ENUM('','a')") ? name + " + 0" : name;
  }

  private static Object canonical(JsonNode node) {
    if (node.isNumber()) {
      return node.isIntegralNumber()
          ? number(node.asText())
          : number(new BigDecimal(node.doubleValue()).toPlainString());
    }
    if (node.isArray()) {
      List<Object> all = new ArrayList<>();
      node.forEach(one -> all.add(canonical(one)));
      return all;
    }
    if (node.isObject()) {
      Map<String, Object> all = new TreeMap<>();
      node.properties().forEach(one -> all.put(one.getKey(), canonical(one.getValue())));
      return all;
    }
    return node.isNull() ? Collections.emptySet() : node.toString();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
