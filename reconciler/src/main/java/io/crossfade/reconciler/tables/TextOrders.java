package io.crossfade.reconciler.tables;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Asks both servers whether they keep texts in one order. */
final class TextOrders {

  /** Letters, cases, accents, ligatures, scripts, digits, white space. */
  private static final String ALL_SORTS = "aAbBzZ éÉèßſñÑœæÆøÖöoIıiİ жЖя אב 中文 ｱｶﾞ 😀 09٣ \t~-_'ﬀ";

  private static final String SPACE = " ";

  private TextOrders() {}

  /** The pair with what texts are filled up with; in no order where the two sides differ in one. */
  static TablePair settle(TablePair pair, Connection left, Connection right) throws SQLException {
    List<KeyOrder> orders = new ArrayList<>();
    for (int i = 0; i < pair.orders().size(); i++) {
      KeyOrder order = pair.orders().get(i);
      if (order instanceof KeyOrder.Weights) {
        ColumnShape column = pair.key().get(i).left();
        for (String text : List.of(ALL_SORTS, SPACE)) {
          if (!Arrays.equals(weights(left, column, text), weights(right, column, text))) {
            return pair.in(List.of());
          }
        }
        boolean filled = fillsUp(left, column);
        if (filled != fillsUp(right, column)) {
          return pair.in(List.of());
        }
        orders.add(new KeyOrder.Weights(filled ? weights(left, column, SPACE) : new byte[0]));
      } else {
        orders.add(order);
      }
    }
    return pair.in(List.copyOf(orders));
  }

  private static byte[] weights(Connection connection, ColumnShape column, String text)
      throws SQLException {
    String hex =
        ask(connection, "SELECT HEX(WEIGHT_STRING(" + literal(column) + "))", List.of(text));
    return hex.isEmpty() ? text.getBytes(StandardCharsets.UTF_8) : HexFormat.of().parseHex(hex);
  }

  private static boolean fillsUp(Connection connection, ColumnShape column) throws SQLException {
    return ask(
            connection,
            "SELECT " + literal(column) + " = CONVERT(? USING " + column.charset() + ")",
            List.of("a", "a "))
        .equals("1");
  }

  private static String literal(ColumnShape column) {
    return "CONVERT(? USING " + column.charset() + ") COLLATE " + column.collation();
  }

  private static String ask(Connection connection, String sql, List<String> texts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < texts.size(); i++) {
        statement.setString(i + 1, texts.get(i));
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String answer = row.getString(1);
        return answer == null ? "" : answer;
      }
    }
  }
}
