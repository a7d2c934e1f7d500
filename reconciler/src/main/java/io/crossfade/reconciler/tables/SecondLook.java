package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.RowDifference.Cell;
import io.crossfade.reconciler.tables.RowDifference.Sort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks again at what differed, by its keys. What is as it was, and still not the same, is
 * believed; what has changed is looked at once more, a few times.
 */
final class SecondLook {

  private static final int LOOKS = 4;
  private static final int MOST_BYTES = 1 << 22;

  private final TablePair pair;
  private final TableSide left;
  private final TableSide right;
  private final DiffState state;
  private final Duration settle;
  private final TableThrottle throttle;
  private final Map<Sort, Long> counts = new EnumMap<>(Sort.class);
  private final RuleCounts rules;
  private long alike;
  private long late;
  private long young;
  private long found;
  private long invented;
  private long missed;

  SecondLook(
      TablePair pair, TableSide left, TableSide right, DiffState state, DiffOptions options) {
    this.pair = pair;
    this.rules = new RuleCounts(pair);
    this.left = left;
    this.right = right;
    this.state = state;
    this.settle = options.settle();
    this.throttle = options.throttle();
  }

  /** Looks at all that was found in so many ranges. */
  void look(int ranges) throws SQLException, IOException, InterruptedException {
    try (DataOutputStream differences = state.write(TableOutcome.DIFFERENCES)) {
      long again;
      TimeUnit.NANOSECONDS.sleep(settle.toNanos());
      try (DataOutputStream next = state.write(name(1))) {
        again = 0;
        for (int range = 0; range < ranges; range++) {
          try (DataInputStream suspects = state.readSuspects(range)) {
            again += look(suspects, next, differences, false);
          }
        }
      }
      for (int look = 2; again > 0 && look <= LOOKS; look++) {
        TimeUnit.NANOSECONDS.sleep(settle.toNanos());
        try (DataInputStream suspects = state.read(name(look - 1));
            DataOutputStream next = state.write(name(look))) {
          again = look(suspects, next, differences, look == LOOKS);
        }
      }
    }
  }

  private static String name(int look) {
    return "look-" + look;
  }

  private long look(
      DataInputStream suspects, DataOutputStream next, DataOutputStream differences, boolean last)
      throws SQLException, IOException, InterruptedException {
    long again = 0;
    List<Suspect> batch = new ArrayList<>();
    int bytes = 0;
    while (true) {
      Suspect suspect = Suspect.read(suspects);
      if (batch.size() == TableSide.AT_ONCE
          || bytes > MOST_BYTES
          || (suspect == null && !batch.isEmpty())) {
        again += judge(batch, next, differences, last);
        batch = new ArrayList<>();
        bytes = 0;
      }
      if (suspect == null) {
        return again;
      }
      batch.add(suspect);
      bytes += suspect.bytes();
    }
  }

  private long judge(
      List<Suspect> batch, DataOutputStream next, DataOutputStream differences, boolean last)
      throws SQLException, IOException, InterruptedException {
    throttle.await();
    long again = 0;
    List<RowKey> keys = batch.stream().map(Suspect::key).toList();
    Map<RowKey, TableRow> ofLeft = left.find(keys);
    Map<RowKey, TableRow> ofRight = right.find(keys);
    Set<RowKey> unsettled = new HashSet<>(left.young(keys));
    unsettled.addAll(right.young(keys));
    for (Suspect suspect : batch) {
      RowPlant plant = suspect.plant();
      TableRow one = ofLeft.get(suspect.key());
      TableRow other = ofRight.get(suspect.key());
      if (plant != null) {
        if (one == null || other == null) {
          // Somebody has deleted the row; it is no plant any more.
          continue;
        }
        one = plant.shown(pair, Side.LEFT, one);
        other = plant.shown(pair, Side.RIGHT, other);
      }
      Suspect now = Suspect.of(suspect.key(), one, other, plant);
      RowDifference difference = difference(now, one, other);
      boolean stands = now.left() == suspect.left() && now.right() == suspect.right();
      if (difference == null) {
        if (plant != null) {
          missed++;
        } else {
          if (one != null && other != null) {
            rules.add(one, other);
          }
          if (stands) {
            // Of long values only digests were held against each other.
            alike++;
          } else {
            late++;
          }
        }
        continue;
      }
      if (unsettled.contains(suspect.key())) {
        young += plant == null ? 1 : 0;
        continue;
      }
      if (!stands && !last) {
        now.write(next);
        again++;
      } else if (plant != null) {
        judge(plant, difference);
      } else {
        RowDifference believed =
            stands
                ? difference
                : new RowDifference(now.key(), Sort.KEEPS_CHANGING, difference.columns(), now);
        counts.merge(believed.sort(), 1L, Long::sum);
        believed.write(differences);
      }
    }
    return again;
  }

  /** Whether a plant was named as what it is. */
  private void judge(RowPlant plant, RowDifference said) {
    Sort expected =
        !plant.isHidden()
            ? Sort.DIFFERS
            : plant.side() == Side.LEFT ? Sort.ONLY_RIGHT : Sort.ONLY_LEFT;
    boolean right =
        said.sort() == expected
            && (plant.isHidden()
                || said.columns().stream().anyMatch(cell -> cell.column() == plant.column()));
    if (right) {
      found++;
    } else {
      invented++;
    }
  }

  private @Nullable RowDifference difference(
      Suspect now, @Nullable TableRow one, @Nullable TableRow other) {
    if (one == null || other == null) {
      return one == other
          ? null
          : new RowDifference(
              now.key(), one == null ? Sort.ONLY_RIGHT : Sort.ONLY_LEFT, List.of(), now);
    }
    List<Cell> cells = new ArrayList<>();
    for (int column : pair.differing(one, other)) {
      cells.add(new Cell(column, shown(column, one), shown(column, other)));
    }
    return cells.isEmpty() ? null : new RowDifference(now.key(), Sort.DIFFERS, cells, now);
  }

  private @Nullable String shown(int column, TableRow row) {
    byte[] value = row.value(column);
    return value == null ? null : Shown.value(pair.columns().get(column).left(), value);
  }

  /** What was believed, by what it is. */
  Map<Sort, Long> counts() {
    return counts;
  }

  /** Rows that are the same and have been, though not in the same form. */
  long alike() {
    return alike;
  }

  /** How many values of rows that are the same after all a rule alone makes so. */
  Map<Integer, Long> onlyByRule() {
    return rules.counts();
  }

  /** Rows that had become the same. */
  long late() {
    return late;
  }

  /** Rows that somebody has written so lately that their copy may be on its way. */
  long young() {
    return young;
  }

  /** Plants that were named as what they are, as something else, and not any more. */
  long[] plants() {
    return new long[] {found, invented, missed};
  }
}
