package io.crossfade.reconciler.selftest;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.RollingComparison;
import io.crossfade.reconciler.WrittenUntil;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Throttle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.TransactionException;

/**
 * Fills two scratch outputs with a rollout, plants differences of every class in what was written
 * twice, compares in all ways in which real runs do, and says how many were found and how many
 * invented. The ways: window after window as time goes on, all of it at once, piece by piece; along
 * the ids and along the stamps; in one go and by processes that died; rows of another run again; an
 * output with itself.
 */
public final class SelfTest {

  /** In so many pieces a window is little of the table, and read along the stamps. */
  private static final int PIECES = 8;

  /** Shorter than what a rolling comparison looks back at first. */
  private static final Duration LONGEST_PIECE = Duration.ofMinutes(4);

  /** Processes that die at a run before one finishes it. */
  private static final int DEATHS = 3;

  /** Transactions of the control schema in a run over few rows. */
  private static final int TRANSACTIONS = 30;

  /**
   * What one way of comparing said.
   *
   * @param rows compared, of all tables
   * @param found of what was planted, by class
   * @param missed what was not found, or excused by something
   * @param invented differences that nobody planted
   * @param unproven runs that did not find the plants of their own, or had none
   */
  public record Way(
      String name,
      long rows,
      Map<DifferenceClass, Long> found,
      List<Planter.Plant> missed,
      List<Difference> invented,
      int unproven) {

    /** Whether all were found and none invented. */
    public boolean passed() {
      return missed.isEmpty() && invented.isEmpty() && unproven == 0;
    }
  }

  /**
   * What it said.
   *
   * @param planted by class
   */
  public record Result(Map<DifferenceClass, Long> planted, List<Way> ways) {

    /** Whether all were found and none invented, in every way. */
    public boolean passed() {
      return ways.stream().allMatch(Way::passed);
    }
  }

  private record Key(String table, RecordId id, DifferenceClass kind) {

    static Key of(Planter.Plant plant) {
      return new Key(plant.table(), plant.id(), plant.kind());
    }

    static Key of(Difference difference) {
      return new Key(difference.table(), difference.id(), difference.kind());
    }
  }

  private final DataSource control;
  private final DataSource legacy;
  private final DataSource stream;
  private final ComparisonSettings settings;
  private final Comparisons comparisons;
  private final Differences differences;

  /** On schemas that are empty and may be damaged. */
  public SelfTest(
      HikariDataSource control,
      HikariDataSource legacy,
      HikariDataSource stream,
      ComparisonSettings settings) {
    this.control = control;
    this.legacy = legacy;
    this.stream = stream;
    this.settings = settings;
    this.comparisons = new Comparisons(control, InstantSource.system());
    this.differences = new Differences(control);
  }

  /**
   * Runs it.
   *
   * @param records of each kind that are written to both outputs
   * @param each how many differences of every kind are planted in every table
   */
  public Result run(int records, int each, long seed) throws SQLException, InterruptedException {
    ScratchRollout rollout = new ScratchRollout(records, seed);
    fill(rollout);
    rollout.record(control);
    Planter planter = new Planter(legacy, stream, rollout.copied(), seed);
    List<Planter.Plant> plants = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        plants.addAll(planter.plant(table, each));
      }
    }
    Random random = new Random(seed);
    List<ComparisonResult> atOnce =
        List.of(goneOnWith(ComparisonRequest.all(Origin.NIGHTLY, rollout.window()), random));
    List<ComparisonResult> byPieces = new ArrayList<>();
    for (ComparisonWindow piece : pieces(rollout.window())) {
      byPieces.add(goneOnWith(ComparisonRequest.all(Origin.ON_DEMAND, piece), random));
    }
    ComparisonRequest again =
        ComparisonRequest.ofRows(comparisons.find(atOnce.getFirst().id()).orElseThrow());
    ComparisonResult itself =
        comparison(control, legacy, () -> Optional.of(Instant.MAX), InstantSource.system())
            .run(ComparisonRequest.all(Origin.CALIBRATION, rollout.window()));
    List<Way> ways =
        List.of(
            judge("window after window", plants, plants, rolling(rollout.window())),
            judge("all at once, by processes that died", plants, plants, atOnce),
            judge("piece by piece, by processes that died", plants, plants, byPieces),
            judge("rows of a run again", plants, plants, List.of(goneOnWith(again, random))),
            // Of a row that cannot be read it may say so.
            judge("an output with itself", plants, List.of(), List.of(itself)));
    Map<DifferenceClass, Long> planted = new EnumMap<>(DifferenceClass.class);
    plants.forEach(plant -> planted.merge(plant.kind(), 1L, Long::sum));
    return new Result(planted, ways);
  }

  /** As routers do every minute, while both paths come further. */
  private List<ComparisonResult> rolling(ComparisonWindow window)
      throws SQLException, InterruptedException {
    Instant[] until = {window.from()};
    WrittenUntil written = () -> Optional.of(until[0]);
    RollingComparison rolling =
        new RollingComparison(
            control, comparison(control, stream, written, () -> until[0]), comparisons, written);
    List<ComparisonResult> results = new ArrayList<>();
    for (ComparisonWindow piece : pieces(window)) {
      until[0] = piece.to();
      rolling.catchUp(results::add);
    }
    return results;
  }

  private static List<ComparisonWindow> pieces(ComparisonWindow window) {
    Duration even = Duration.between(window.from(), window.to()).dividedBy(PIECES).plusMillis(1);
    Duration length = even.compareTo(LONGEST_PIECE) < 0 ? even : LONGEST_PIECE;
    List<ComparisonWindow> pieces = new ArrayList<>();
    for (Instant from = window.from(); from.isBefore(window.to()); from = from.plus(length)) {
      Instant to = from.plus(length);
      pieces.add(new ComparisonWindow(from, to.isBefore(window.to()) ? to : window.to()));
    }
    return pieces;
  }

  /** Some processes die at it, anywhere, and the next goes on. */
  private ComparisonResult goneOnWith(ComparisonRequest request, Random random)
      throws SQLException, InterruptedException {
    WrittenUntil written = () -> Optional.of(Instant.MAX);
    for (int death = 0; death < DEATHS; death++) {
      Dying dying = new Dying(control, random.nextInt(1, TRANSACTIONS));
      try {
        return comparison(dying, stream, written, InstantSource.system()).run(request);
      } catch (SQLException | DataAccessException | TransactionException e) {
        if (!dying.isDead()) {
          throw e;
        }
      }
    }
    return comparison(control, stream, written, InstantSource.system()).run(request);
  }

  /** The control schema, for a process that dies at one of its transactions. */
  private static final class Dying extends DelegatingDataSource {

    private final AtomicInteger left;

    Dying(DataSource control, int transactions) {
      super(control);
      left = new AtomicInteger(transactions);
    }

    boolean isDead() {
      return left.get() <= 0;
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (left.decrementAndGet() == 0) {
        throw new SQLException("The process dies here");
      }
      return super.getConnection();
    }
  }

  private Comparison comparison(
      DataSource of, DataSource other, WrittenUntil written, InstantSource clock) {
    return new Comparison(
        of, legacy, other, written, Throttle.NONE, settings, clock, InstanceName.unique());
  }

  /**
   * @param wanted those that must have been found
   */
  private Way judge(
      String name,
      List<Planter.Plant> plants,
      List<Planter.Plant> wanted,
      List<ComparisonResult> results) {
    Set<Key> planted = new HashSet<>();
    plants.forEach(plant -> planted.add(Key.of(plant)));
    Set<Key> found = new HashSet<>();
    List<Difference> invented = new ArrayList<>();
    long rows = 0;
    int unproven = 0;
    for (ComparisonResult result : results) {
      differences.forEach(
          result.id(),
          DifferenceFilter.ALL,
          stored -> {
            Key key = Key.of(stored.difference());
            if (!planted.contains(key)) {
              invented.add(stored.difference());
            } else if (stored.explanation() == null) {
              found.add(key);
            }
          });
      for (Kind kind : Kind.values()) {
        rows += result.compared(kind);
      }
      unproven += result.origin() == Origin.REPAIR || result.isProven() ? 0 : 1;
    }
    Map<DifferenceClass, Long> byClass = new EnumMap<>(DifferenceClass.class);
    found.forEach(key -> byClass.merge(key.kind(), 1L, Long::sum));
    List<Planter.Plant> missed =
        wanted.stream().filter(plant -> !found.contains(Key.of(plant))).toList();
    return new Way(name, rows, byClass, missed, invented, unproven);
  }

  private void fill(ScratchRollout rollout) throws SQLException, InterruptedException {
    try (ExecutorService sides = Executors.newFixedThreadPool(2)) {
      Future<?> left = sides.submit(() -> write(rollout, DeliveryPath.LEGACY, legacy));
      Future<?> right = sides.submit(() -> write(rollout, DeliveryPath.STREAM, stream));
      left.get();
      right.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException sql ? sql : new SQLException(e.getCause());
    }
  }

  private static boolean write(ScratchRollout rollout, DeliveryPath path, DataSource output)
      throws SQLException {
    rollout.write(path, new Output(output));
    return true;
  }
}
