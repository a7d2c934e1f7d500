package io.crossfade.reconciler.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two tables that should be equal, and how they are compared.
 *
 * @param columns what is compared, those of the key first
 * @param orders of the columns of the key; empty when the two servers keep them in two orders
 * @param carried what is not compared, and yet written where a whole row is
 * @param notices what is not alike in the tables and does not keep anybody from comparing them
 */
record TablePair(
    TableShape left,
    TableShape right,
    String leftIndex,
    String rightIndex,
    List<ColumnPair> columns,
    int keyColumns,
    List<KeyOrder> orders,
    List<ColumnPair> carried,
    List<String> notices) {

  /** The same with other orders of the key. */
  TablePair in(List<KeyOrder> others) {
    return new TablePair(
        left, right, leftIndex, rightIndex, columns, keyColumns, others, carried, notices);
  }

  /** The same with what is carried behind what is compared. */
  TablePair whole() {
    List<ColumnPair> all = new ArrayList<>(columns);
    all.addAll(carried);
    return new TablePair(
        left, right, leftIndex, rightIndex, all, keyColumns, orders, List.of(), notices);
  }

  TableShape of(Side side) {
    return side == Side.LEFT ? left : right;
  }

  String indexOf(Side side) {
    return side == Side.LEFT ? leftIndex : rightIndex;
  }

  /** Those that tell rows apart. */
  List<ColumnPair> key() {
    return columns.subList(0, keyColumns);
  }

  /** Whether both servers keep rows in one order. */
  boolean ordered() {
    return !orders.isEmpty();
  }

  /** For people. */
  String name() {
    return left.name().equals(right.name()) ? left.name() : left.name() + ":" + right.name();
  }

  /** Columns in which two rows of one key differ. */
  List<Integer> differing(TableRow one, TableRow other) {
    List<Integer> differing = new ArrayList<>(0);
    for (int i = keyColumns; i < columns.size(); i++) {
      if (!columns.get(i).same(one.value(i), other.value(i))) {
        differing.add(i);
      }
    }
    return differing;
  }

  /** Columns that have a rule. */
  List<Integer> ruled() {
    List<Integer> ruled = new ArrayList<>();
    for (int i = keyColumns; i < columns.size(); i++) {
      if (columns.get(i).byType() != null) {
        ruled.add(i);
      }
    }
    return ruled;
  }

  /** Whether two rows of one key hold the same. */
  boolean same(TableRow one, TableRow other) {
    for (int i = keyColumns; i < columns.size(); i++) {
      if (!columns.get(i).same(one.value(i), other.value(i))) {
        return false;
      }
    }
    return true;
  }

  /** The key in a form that is the same on both sides. */
  RowKey keyOf(TableRow row) {
    byte[][] parts = new byte[keyColumns][];
    for (int i = 0; i < keyColumns; i++) {
      parts[i] = columns.get(i).form().of(row.key(i));
    }
    return new RowKey(parts);
  }

  /**
   * As {@link java.util.Comparator}: in the order of both servers, and rows that this does not tell
   * apart by what is in them.
   */
  int compare(TableRow one, TableRow other) {
    int weight = columns.size();
    for (int i = 0; i < keyColumns; i++) {
      KeyOrder order = orders.get(i);
      int at = order instanceof KeyOrder.Weights ? weight++ : i;
      int difference = order.compare(one.key(at), other.key(at));
      if (difference != 0) {
        return difference;
      }
    }
    if (weight > columns.size()) {
      for (int i = 0; i < keyColumns; i++) {
        if (orders.get(i) instanceof KeyOrder.Weights) {
          int difference = Arrays.compareUnsigned(one.key(i), other.key(i));
          if (difference != 0) {
            return difference;
          }
        }
      }
    }
    return 0;
  }

  /** Names of columns for people, in their order. */
  String names(List<Integer> which) {
    return String.join(", ", which.stream().map(i -> columns.get(i).name()).toList());
  }

  /** The key of a row for people: {@code id=5, day=2026-01-01}. */
  String described(RowKey key) {
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < keyColumns; i++) {
      said.append(i == 0 ? "" : ", ").append(columns.get(i).name()).append('=');
      said.append(Shown.value(columns.get(i).left(), key.part(i)));
    }
    return said.toString();
  }
}
