package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.RowDifference.Sort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Goes through what differs in one table, and makes statements of it. */
final class TableRepair implements AutoCloseable {

  /** Children are deleted before their parents, and written after them. */
  enum Step {
    DELETE,
    WRITE
  }

  private static final int MOST_BYTES = 1 << 22;
  private static final int REFUSALS = 10;

  private enum Count {
    INSERTED,
    UPDATED,
    DELETED,
    CHANGED,
    KEPT,
    COMPUTED
  }

  /** A statement and what is counted when it has met its row. */
  private record Planned(RowDifference difference, SqlText sql, Count count) {}

  private final TableDiff diff;
  private final Side target;
  private final boolean deletes;
  private final TableSide left;
  private final TableSide right;
  private final RepairStatements statements;
  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private final Map<Step, Long> refused = new EnumMap<>(Step.class);
  private final Map<Step, List<String>> refusals = new EnumMap<>(Step.class);

  /**
   * @param deletes whether rows are deleted that only the target has
   * @param mariaDb whether the target's server is one
   */
  TableRepair(TableDiff diff, Side target, boolean deletes, ForeignKeys references, boolean mariaDb)
      throws SQLException {
    TablePair whole = diff.pair().whole();
    this.diff = diff;
    this.target = target;
    this.deletes = deletes;
    this.statements =
        new RepairStatements(
            whole,
            diff.pair().columns().size(),
            target,
            references.to(whole.of(target).name()),
            mariaDb,
            diff.where(target));
    this.left = diff.side(Side.LEFT, whole);
    this.right = diff.side(Side.RIGHT, whole);
  }

  /** Name of the table that is written. */
  String table() {
    return diff.pair().of(target).name();
  }

  /**
   * Gives its statements to somebody.
   *
   * @param round 0 for all; later ones take what was refused in the one before
   * @return how many were refused
   */
  long round(Step step, int round, RepairSink sink)
      throws SQLException, IOException, InterruptedException {
    refused.put(step, 0L);
    refusals.put(step, new ArrayList<>());
    String from = round == 0 ? TableOutcome.DIFFERENCES : name(step, round - 1);
    try (DataInputStream in = diff.state().read(from);
        DataOutputStream again = diff.state().write(name(step, round))) {
      for (List<RowDifference> some = batch(in); !some.isEmpty(); some = batch(in)) {
        diff.throttle().await();
        List<Planned> planned = plan(step, some);
        List<Optional<String>> answers = sink.take(planned.stream().map(Planned::sql).toList());
        for (int i = 0; i < planned.size(); i++) {
          settle(step, planned.get(i), answers.get(i), again);
        }
      }
    }
    return refused.getOrDefault(step, 0L);
  }

  private static String name(Step step, int round) {
    return "refused-" + step + "-" + round % 2;
  }

  /** The next differences, of a few megabytes or one that is larger. */
  private static List<RowDifference> batch(DataInputStream in) throws IOException {
    List<RowDifference> batch = new ArrayList<>();
    long bytes = 0;
    while (batch.size() < TableSide.AT_ONCE && bytes < MOST_BYTES) {
      RowDifference next = RowDifference.read(in);
      if (next == null) {
        break;
      }
      batch.add(next);
      bytes += next.seen().bytes();
    }
    return batch;
  }

  private void settle(Step step, Planned planned, Optional<String> refusal, DataOutputStream again)
      throws IOException {
    if (refusal.isEmpty()) {
      count(planned.count());
      return;
    }
    refused.merge(step, 1L, Long::sum);
    List<String> why = refusals.getOrDefault(step, List.of());
    if (why.size() < REFUSALS) {
      why.add(diff.pair().described(planned.difference().key()) + ": " + refusal.get());
    }
    planned.difference().write(again);
  }

  private void count(Count what) {
    counts.merge(what, 1L, Long::sum);
  }

  private List<Planned> plan(Step step, List<RowDifference> batch) throws SQLException {
    List<RowDifference> wanted = new ArrayList<>();
    for (RowDifference one : batch) {
      if (step == of(one)) {
        if (one.sort() == Sort.KEEPS_CHANGING) {
          count(Count.CHANGED);
        } else if (step == Step.DELETE && !deletes) {
          count(Count.KEPT);
        } else {
          wanted.add(one);
        }
      }
    }
    Map<RowKey, TableRow> ofLeft = find(left, wanted);
    Map<RowKey, TableRow> ofRight = find(right, wanted);
    List<Planned> planned = new ArrayList<>();
    for (RowDifference one : wanted) {
      TableRow there = ofLeft.get(one.key());
      TableRow here = ofRight.get(one.key());
      if (number(there) != one.seen().left() || number(here) != one.seen().right()) {
        count(Count.CHANGED);
      } else {
        plan(one, target == Side.LEFT ? here : there, target == Side.LEFT ? there : here)
            .ifPresentOrElse(planned::add, () -> count(Count.COMPUTED));
      }
    }
    return planned;
  }

  private Step of(RowDifference difference) {
    Sort alone = target == Side.LEFT ? Sort.ONLY_LEFT : Sort.ONLY_RIGHT;
    return difference.sort() == alone ? Step.DELETE : Step.WRITE;
  }

  private Optional<Planned> plan(
      RowDifference difference, @Nullable TableRow source, @Nullable TableRow seen) {
    RowKey key = difference.key();
    if (source != null && seen != null) {
      return statements
          .update(key, source, seen, diff.pair().differing(source, seen))
          .map(sql -> new Planned(difference, sql, Count.UPDATED));
    }
    return source != null
        ? Optional.of(new Planned(difference, statements.insert(key, source), Count.INSERTED))
        : Optional.ofNullable(seen)
            .map(row -> new Planned(difference, statements.delete(key, row), Count.DELETED));
  }

  private static Map<RowKey, TableRow> find(TableSide side, List<RowDifference> wanted)
      throws SQLException {
    return wanted.isEmpty()
        ? new HashMap<>()
        : side.find(wanted.stream().map(RowDifference::key).toList());
  }

  /** What tells whether a row has changed: of that which is compared. */
  private long number(@Nullable TableRow row) {
    return row == null
        ? 0
        : row.without(diff.pair().columns().size(), diff.pair().carried().size()).fingerprint();
  }

  /** Looks once more at all that differed. */
  RepairOutcome verify() throws SQLException, IOException {
    long looked = 0;
    long differing = 0;
    try (DataInputStream in = diff.state().read(TableOutcome.DIFFERENCES)) {
      for (List<RowDifference> some = batch(in); !some.isEmpty(); some = batch(in)) {
        Map<RowKey, TableRow> ofLeft = find(left, some);
        Map<RowKey, TableRow> ofRight = find(right, some);
        for (RowDifference one : some) {
          TableRow there = ofLeft.get(one.key());
          TableRow here = ofRight.get(one.key());
          boolean same =
              there == null || here == null ? there == here : diff.pair().same(there, here);
          looked++;
          differing += same ? 0 : 1;
        }
      }
    }
    return outcome(looked, differing);
  }

  /** What came of it so far. */
  RepairOutcome outcome(long looked, long differing) {
    List<String> why = new ArrayList<>();
    refusals.values().forEach(why::addAll);
    return new RepairOutcome(
        target,
        counted(Count.INSERTED),
        counted(Count.UPDATED),
        counted(Count.DELETED),
        counted(Count.CHANGED),
        counted(Count.KEPT),
        counted(Count.COMPUTED),
        refused.values().stream().mapToLong(Long::longValue).sum(),
        List.copyOf(why),
        looked,
        differing);
  }

  private long counted(Count what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public void close() throws SQLException {
    try (left) {
      right.close();
    }
  }
}
