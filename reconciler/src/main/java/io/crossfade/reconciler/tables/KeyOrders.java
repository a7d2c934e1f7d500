package io.crossfade.reconciler.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Finds the order that both servers keep the columns of a key in. */
final class KeyOrders {

  private KeyOrders() {}

  /** One for each column; empty when they are in no common order. */
  static List<KeyOrder> of(List<ColumnPair> key) {
    List<KeyOrder> orders = new ArrayList<>();
    for (ColumnPair pair : key) {
      ColumnShape left = pair.left();
      ColumnShape right = pair.right();
      boolean numbers = left.family().isNumber() && right.family().isNumber();
      if (left.family() != right.family() && !numbers) {
        return List.of();
      }
      switch (left.family()) {
        case INTEGER, DECIMAL, FLOATING, YEAR ->
            orders.add(
                left.family() == Family.FLOATING || right.family() == Family.FLOATING
                    ? new KeyOrder.Doubles()
                    : new KeyOrder.Numbers());
        case DATE, BINARY -> orders.add(new KeyOrder.Bytes());
        case TIME -> orders.add(new KeyOrder.Times());
        case DATETIME -> {
          if (!sameDigits(left, right)) {
            return List.of();
          }
          orders.add(new KeyOrder.Bytes());
        }
        case ENUM -> {
          if (!left.members().equals(right.members())) {
            return List.of();
          }
          orders.add(new KeyOrder.Members(left.members()));
        }
        case TEXT -> {
          if (!Objects.equals(left.collation(), right.collation())) {
            return List.of();
          }
          // The weight of a space is asked for when a session is there.
          orders.add(new KeyOrder.Weights(new byte[0]));
        }
        case BITS, SET, JSON, GEOMETRY, UUID, OTHER -> {
          return List.of();
        }
      }
    }
    return List.copyOf(orders);
  }

  private static boolean sameDigits(ColumnShape left, ColumnShape right) {
    return digits(left).equals(digits(right));
  }

  private static String digits(ColumnShape column) {
    return column.type().replaceAll("\\D", "");
  }
}
