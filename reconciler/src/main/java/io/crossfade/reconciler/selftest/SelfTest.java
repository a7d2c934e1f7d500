package io.crossfade.reconciler.selftest;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Throttle;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Fills two scratch outputs with the same records, plants differences of every class, compares, and
 * says how many were found and how many invented.
 */
public final class SelfTest {

  private static final Instant FOR_EVER = Instant.parse("2100-01-01T00:00:00Z");
  private static final LocalDateTime START = LocalDateTime.of(2025, 9, 14, 8, 0);
  private static final int AT_ONCE = 1_500;

  /** So many that a device comes once a day: then nearly every write makes a row. */
  private static final int DEVICES = 100_000;

  private static final long FIRST_STAMP = 1_757_808_900_000L << 20;

  /**
   * What it said.
   *
   * @param rows compared, of all tables
   * @param planted by class
   * @param found of those, by class
   * @param invented differences that nobody planted
   */
  public record Result(
      long rows,
      Map<DifferenceClass, Long> planted,
      Map<DifferenceClass, Long> found,
      List<Planter.Plant> missed,
      List<Difference> invented) {

    /** Whether all were found and none invented. */
    public boolean passed() {
      return missed.isEmpty() && invented.isEmpty();
    }
  }

  private final DataSource control;
  private final DataSource legacy;
  private final DataSource stream;
  private final ComparisonSettings settings;

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
  }

  /**
   * Runs it.
   *
   * @param records of each kind
   * @param each how many differences of every kind are planted in every table
   */
  public Result run(int records, int each, long seed) throws SQLException, InterruptedException {
    fill(records, seed);
    List<Planter.Plant> plants = new ArrayList<>();
    Planter planter = new Planter(legacy, stream, seed);
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        plants.addAll(planter.plant(table, each));
      }
    }
    ComparisonResult result =
        new Comparison(
                control,
                legacy,
                stream,
                () -> Optional.of(Instant.MAX),
                Throttle.NONE,
                settings,
                InstantSource.system())
            .run(
                ComparisonRequest.all(
                    Origin.ON_DEMAND, new ComparisonWindow(Instant.EPOCH, FOR_EVER)));
    return judge(plants, result);
  }

  private Result judge(List<Planter.Plant> plants, ComparisonResult result) {
    record Key(String table, RecordId id, DifferenceClass kind) {}
    Set<Key> planted = new HashSet<>();
    Map<DifferenceClass, Long> byClass = new EnumMap<>(DifferenceClass.class);
    for (Planter.Plant plant : plants) {
      planted.add(new Key(plant.table(), plant.id(), plant.kind()));
      byClass.merge(plant.kind(), 1L, Long::sum);
    }
    Set<Key> found = new HashSet<>();
    Map<DifferenceClass, Long> foundByClass = new EnumMap<>(DifferenceClass.class);
    List<Difference> invented = new ArrayList<>();
    new Comparisons(control, InstantSource.system())
        .forEachDifference(
            result.id(),
            stored -> {
              Difference difference = stored.difference();
              Key key = new Key(difference.table(), difference.id(), difference.kind());
              found.add(key);
              if (planted.contains(key)) {
                foundByClass.merge(difference.kind(), 1L, Long::sum);
              } else {
                invented.add(difference);
              }
            });
    List<Planter.Plant> missed =
        plants.stream()
            .filter(plant -> !found.contains(new Key(plant.table(), plant.id(), plant.kind())))
            .toList();
    long rows = 0;
    for (Kind kind : Kind.values()) {
      rows += result.compared(kind);
    }
    return new Result(rows, byClass, foundByClass, missed, invented);
  }

  private void fill(int records, long seed) throws SQLException, InterruptedException {
    try (ExecutorService sides = Executors.newFixedThreadPool(2)) {
      Future<?> left = sides.submit(() -> fill(new Output(legacy), records, seed));
      Future<?> right = sides.submit(() -> fill(new Output(stream), records, seed));
      left.get();
      right.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException sql ? sql : new SQLException(e.getCause());
    }
  }

  private static boolean fill(Output output, int records, long seed) throws SQLException {
    SampleRecords samples = new SampleRecords(seed, FIRST_STAMP);
    List<AcceptedRecord> batch = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      String device = "SELF" + i % DEVICES;
      LocalDateTime time = START.plusSeconds(i);
      batch.add(samples.healthAt(device, time));
      batch.add(samples.deviceAt(device, time));
      batch.add(samples.eventAt(device, time));
      if (batch.size() >= AT_ONCE || i == records - 1) {
        output.write(batch);
        batch.clear();
      }
    }
    return true;
  }
}
