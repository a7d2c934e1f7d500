package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.OutputDiff;
import io.crossfade.reconciler.diff.Proof;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares two tables. Killed and begun again with the same state, it goes on where it was. */
public final class TableDiff implements AutoCloseable {

  private final PairSpec spec;
  private final DiffOptions options;
  private final TablePair pair;
  private final DiffState state;
  private final Map<Side, RowWindow.Bounds> windows;
  private final AtomicLong read = new AtomicLong();
  private @Nullable String resumed;

  private TableDiff(
      PairSpec spec,
      DiffOptions options,
      TablePair pair,
      DiffState state,
      Map<Side, RowWindow.Bounds> windows) {
    this.spec = spec;
    this.options = options;
    this.pair = pair;
    this.state = state;
    this.windows = windows;
    this.resumed = resumed(state);
  }

  /**
   * Looks at the tables themselves, and reads no row.
   *
   * @throws DriftException when they cannot be compared
   * @throws IOException when there is no place for what a run knows
   */
  public static TableDiff open(PairSpec spec, DiffOptions options)
      throws SQLException, DriftException, IOException {
    TablePair pair;
    Map<Side, RowWindow.Bounds> windows = new EnumMap<>(Side.class);
    try (Connection left = spec.left().open();
        Connection right = spec.right().open()) {
      TableShape one = find(left, spec.left(), spec.leftTable());
      TableShape other = find(right, spec.right(), spec.rightTable());
      pair = TextOrders.settle(new Pairing(one, other, spec.rules()).pair(), left, right);
      RowWindow window = spec.window();
      if (window != null) {
        windows.put(Side.LEFT, window.on(one, window.column(), left));
        windows.put(Side.RIGHT, window.on(other, spec.rules().inRight(window.column()), right));
      }
    }
    DiffState state = DiffState.open(RunDirectory.of(spec, options, pair));
    return new TableDiff(spec, options, pair, state, windows);
  }

  private static TableShape find(Connection connection, Endpoint endpoint, String table)
      throws SQLException, DriftException {
    return new TableShapes(connection, endpoint.schema())
        .find(table)
        .orElseThrow(
            () ->
                new DriftException(
                    endpoint.place(),
                    table,
                    List.of("there is no table that this user may read, of this name")));
  }

  /** What an earlier process has read of this run; empty when it begins. */
  public Optional<String> resumed() {
    return Optional.ofNullable(resumed);
  }

  /** Leaves out what an earlier process has read. */
  public void beginAnew() throws IOException {
    state.beginAnew();
    resumed = null;
  }

  private static @Nullable String resumed(DiffState state) {
    long rows = state.done().values().stream().mapToLong(done -> done.left() + done.right()).sum();
    return state.done().isEmpty()
        ? null
        : String.format(
            Locale.ROOT,
            "goes on with a run that began at %s: %,d rows are as they were when it read them",
            state.begun().truncatedTo(ChronoUnit.SECONDS),
            rows);
  }

  /** Compares. */
  public TableOutcome run() throws SQLException, IOException, InterruptedException {
    long begin = System.nanoTime();
    if (pair.ordered()) {
      inParallel();
    } else {
      inNoOrder();
    }
    ChunkFigures figures =
        state.done().values().stream().reduce(ChunkFigures.NONE, ChunkFigures::plus);
    try (TableSide left = side(Side.LEFT);
        TableSide right = side(Side.RIGHT)) {
      SecondLook second = new SecondLook(pair, left, right, state, options);
      second.look(state.ranges().size());
      long[] plants = second.plants();
      Proof proof =
          new Proof(plants[0] + plants[1] + plants[2] + figures.missed(), plants[0], plants[1], 0);
      Map<String, Long> onlyByRule = new TreeMap<>();
      ChunkFigures.plus(figures.onlyByRule(), second.onlyByRule())
          .forEach((column, count) -> onlyByRule.put(pair.columns().get(column).name(), count));
      return new TableOutcome(
          pair.name(),
          notices(figures),
          rules(onlyByRule),
          onlyByRule,
          spec.isPartial(),
          figures.left(),
          figures.right(),
          figures.same() + second.alike(),
          second.late(),
          second.young(),
          second.counts(),
          proof,
          Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private List<String> notices(ChunkFigures figures) {
    List<String> notices = new ArrayList<>(pair.notices());
    resumed().ifPresent(notices::add);
    if (spec.isPartial() && figures.left() + figures.right() == 0) {
      notices.add("neither side has a row that was asked for, so nothing was compared");
    }
    return notices;
  }

  /** What the comparison goes by, other than by types. */
  private List<String> rules(Map<String, Long> onlyByRule) {
    List<String> rules = new ArrayList<>(spec.rules().words(onlyByRule));
    if (Objects.equals(spec.leftWhere(), spec.rightWhere())) {
      where(rules, "only rows where ", spec.leftWhere());
    } else {
      where(rules, "of left only rows where ", spec.leftWhere());
      where(rules, "of right only rows where ", spec.rightWhere());
    }
    if (spec.window() != null) {
      rules.add(spec.window().words());
    }
    return rules;
  }

  private static void where(List<String> rules, String words, @Nullable String condition) {
    if (condition != null) {
      rules.add(words + condition);
    }
  }

  private void inParallel() throws SQLException, IOException, InterruptedException {
    TableSide cut = side(pair.left().rows() >= pair.right().rows() ? Side.LEFT : Side.RIGHT);
    try (cut;
        ExecutorService workers = Executors.newFixedThreadPool(options.workers())) {
      Ranges ranges = new Ranges(state, cut, options.rowsOfRange());
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < options.workers(); i++) {
        all.add(
            workers.submit(
                () -> {
                  work(ranges);
                  return null;
                }));
      }
      for (Future<?> one : all) {
        await(one, workers);
      }
    }
  }

  private static void await(Future<?> worker, ExecutorService workers)
      throws SQLException, IOException, InterruptedException {
    try {
      worker.get();
    } catch (ExecutionException e) {
      workers.shutdownNow();
      switch (e.getCause()) {
        case SQLException sql -> throw sql;
        case IOException io -> throw io;
        case InterruptedException stopped -> throw stopped;
        case RuntimeException unexpected -> throw unexpected;
        case Error error -> throw error;
        case null -> throw new IllegalStateException(e);
        default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      throw e;
    }
  }

  private void work(Ranges ranges) throws SQLException, IOException, InterruptedException {
    try (TableSide left = side(Side.LEFT);
        TableSide right = side(Side.RIGHT)) {
      while (true) {
        options.throttle().await();
        Ranges.Numbered next = ranges.claim();
        if (next == null) {
          return;
        }
        look(next, left, right, OutputDiff::merge);
      }
    }
  }

  private void inNoOrder() throws SQLException, IOException, InterruptedException {
    options.throttle().await();
    if (state.ranges().isEmpty()) {
      state.add(Range.ALL);
    }
    if (state.done().isEmpty()) {
      try (TableSide left = side(Side.LEFT);
          TableSide right = side(Side.RIGHT)) {
        Spill spill = new Spill(pair, state);
        look(
            Ranges.whole(left, Math.max(pair.left().rows(), pair.right().rows())),
            left,
            right,
            (order, one, other, sink) -> spill.merge(one, other, sink));
      }
    }
  }

  /** Brings the rows of both sides together. */
  private interface Merge {
    void merge(
        Comparator<TableRow> order,
        OutputDiff.Source<TableRow> left,
        OutputDiff.Source<TableRow> right,
        OutputDiff.Sink<TableRow> sink)
        throws SQLException, IOException;
  }

  private void look(Ranges.Numbered range, TableSide left, TableSide right, Merge merge)
      throws SQLException, IOException {
    RowPlants plants = new RowPlants(pair);
    plants.draw(left, right, range, new Random());
    ChunkFigures figures;
    try (DataOutputStream out = state.write(range.number())) {
      ChunkLook look = new ChunkLook(pair, plants, out, read::addAndGet);
      try (RowStream ofLeft = new RowStream(left, range.range());
          RowStream ofRight = new RowStream(right, range.range())) {
        merge.merge(
            pair::compare, plants.over(Side.LEFT, ofLeft), plants.over(Side.RIGHT, ofRight), look);
      }
      figures = look.figures(left, right);
    }
    state.finish(range.number(), figures);
  }

  private TableSide side(Side side) throws SQLException {
    return side(side, pair);
  }

  /** Reads one of the two tables, perhaps more columns of it. */
  TableSide side(Side side, TablePair columns) throws SQLException {
    return new TableSide(endpoint(side).open(), columns, side, where(side), windows.get(side));
  }

  Endpoint endpoint(Side side) {
    return side == Side.LEFT ? spec.left() : spec.right();
  }

  @Nullable String where(Side side) {
    return side == Side.LEFT ? spec.leftWhere() : spec.rightWhere();
  }

  TableThrottle throttle() {
    return options.throttle();
  }

  TablePair pair() {
    return pair;
  }

  DiffState state() {
    return state;
  }

  /** For people. */
  public String name() {
    return pair.name();
  }

  /** Share of the rows that were read, as far as the servers' estimates tell. */
  public double share() {
    long known = state.done().values().stream().mapToLong(done -> done.left() + done.right()).sum();
    long all = Math.max(1, pair.left().rows() + pair.right().rows());
    return Math.min(1.0, Math.max(known, read.get()) / (double) all);
  }

  /** Gives every difference of a finished run to somebody, one at a time. */
  public void forEachDifference(Consumer<Told> consumer) throws IOException {
    try (DataInputStream in = state.read(TableOutcome.DIFFERENCES)) {
      for (RowDifference one = RowDifference.read(in); one != null; one = RowDifference.read(in)) {
        consumer.accept(told(one));
      }
    }
  }

  /**
   * A difference for people.
   *
   * @param key by column
   * @param columns that differ
   */
  public record Told(String table, String key, RowDifference.Sort sort, List<Value> columns) {

    /** Both values of a column; {@code null} for NULL. */
    public record Value(String column, @Nullable String left, @Nullable String right) {}
  }

  private Told told(RowDifference one) {
    return new Told(
        pair.name(),
        pair.described(one.key()),
        one.sort(),
        one.columns().stream()
            .map(
                cell ->
                    new Told.Value(
                        pair.columns().get(cell.column()).name(), cell.left(), cell.right()))
            .toList());
  }

  /** Forgets what the run knows, once somebody has its results. */
  public void forget() throws IOException {
    state.forget();
  }

  @Override
  public void close() throws IOException {
    state.close();
  }
}
