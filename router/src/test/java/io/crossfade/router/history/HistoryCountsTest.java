package io.crossfade.router.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.control.RouterHistory.Counted;
import io.crossfade.db.control.RouterHistory.Figures;
import io.crossfade.db.control.RouterHistory.Resolution;
import io.crossfade.router.history.HistoryCounts.Part;
import io.crossfade.router.history.HistoryCounts.Reading;
import io.crossfade.router.history.HistoryCounts.Unkept;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryCountsTest {

  private static final Instant START = Instant.parse("2026-11-28T01:59:53.700Z");
  private static final Part LEGACY = new Part(Kind.HEALTH, DeliveryPath.LEGACY);
  private static final Part STREAM = new Part(Kind.EVENT, DeliveryPath.STREAM);

  /** What the table has as its key. */
  private record Key(Resolution resolution, Instant from, Part part) {}

  /** What was counted between two readings. */
  private record Between(
      Instant from, Instant to, Part part, long accepted, @Nullable Long waiting) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void slicesAreWhatASlowSumSaysHoweverLateTheyAreKept(long seed) {
    Random random = new Random(seed);
    HistoryCounts counts = new HistoryCounts(START);
    Map<Key, Figures> table = new HashMap<>();
    List<Between> all = new ArrayList<>();
    Map<Part, Long> totals = new HashMap<>(Map.of(LEGACY, 0L, STREAM, 0L));
    Instant before = START;
    for (int step = 0; step < 800; step++) {
      Duration rest = Duration.ofMillis(random.nextInt(20) == 0 ? 45_000 : random.nextInt(4_000));
      Instant now = before.plus(rest);
      Map<Part, Reading> readings = new HashMap<>();
      for (Part part : List.of(LEGACY, STREAM)) {
        long more = random.nextInt(3) == 0 ? 0 : random.nextInt(50);
        long total = totals.merge(part, more, Long::sum);
        Long waiting = random.nextBoolean() ? null : (long) random.nextInt(9);
        readings.put(part, new Reading(total, 2 * total, 0, 0, waiting, null));
        all.add(new Between(before, now, part, more, waiting));
      }
      counts.read(now, readings);
      before = now;
      if (random.nextInt(5) == 0) {
        Unkept unkept = counts.unkept();
        keep(unkept, table);
        if (random.nextInt(3) == 0) {
          // The commit was not answered: all is kept once more, and is the same.
          continue;
        }
        if (random.nextBoolean()) {
          Instant later = before.plusMillis(random.nextInt(3_000));
          counts.read(later, readings);
          readings.forEach(
              (part, reading) -> all.add(between(all, part, later, reading.waiting())));
          before = later;
        }
        counts.kept(unkept);
      }
    }
    keep(counts.unkept(), table);

    assertThat(table).isEqualTo(slow(all));
    for (Resolution resolution : Resolution.values()) {
      for (Part part : totals.keySet()) {
        assertThat(sum(table, resolution, part)).isEqualTo(totals.get(part));
      }
    }
  }

  @Test
  void whatIsKeptAndOverIsHeldNoLongerAndNothingIsKeptTwiceForNothing() {
    HistoryCounts counts = new HistoryCounts(START);
    counts.read(START.plusSeconds(2), of(7));
    Unkept first = counts.unkept();
    assertThat(first.counted()).hasSize(2);
    counts.kept(first);
    assertThat(counts.unkept().counted()).isEmpty();
    counts.read(START.plusSeconds(4), of(7));
    assertThat(counts.unkept().counted()).as("nothing new").isEmpty();
    counts.read(START.plusSeconds(14), of(9));
    assertThat(counts.unkept().counted())
        .extracting(Counted::resolution, one -> one.figures().accepted())
        .containsExactlyInAnyOrder(tuple(Resolution.FINE, 2L), tuple(Resolution.COARSE, 2L));
  }

  @Test
  void clockThatIsSetBackOpensNoSliceAgain() {
    HistoryCounts counts = new HistoryCounts(START);
    counts.read(START.plusSeconds(60), of(5));
    counts.kept(counts.unkept());
    counts.read(START.minusSeconds(3_600), of(9));
    assertThat(counts.unkept().counted())
        .allSatisfy(
            one -> assertThat(one.from()).isAfterOrEqualTo(START.minus(Duration.ofMinutes(10))));
    assertThat(counts.unkept().counted())
        .filteredOn(one -> one.resolution() == Resolution.FINE)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.from()).isAfter(START);
              assertThat(one.figures().accepted()).isEqualTo(4);
            });
  }

  @Test
  void holdsAnHourWhileNothingCanBeKept() {
    HistoryCounts counts = new HistoryCounts(START);
    for (int step = 1; step <= 2_000; step++) {
      counts.read(START.plusSeconds(10L * step), of(step));
    }
    List<Counted> fine =
        counts.unkept().counted().stream()
            .filter(one -> one.resolution() == Resolution.FINE)
            .toList();
    assertThat(fine).hasSize(360);
    assertThat(fine)
        .allSatisfy(one -> assertThat(one.from()).isAfter(START.plusSeconds(10 * 1_630)));
  }

  private static Map<Part, Reading> of(long accepted) {
    return Map.of(LEGACY, new Reading(accepted, 0, 0, 0, null, null));
  }

  private static void keep(Unkept unkept, Map<Key, Figures> table) {
    unkept
        .counted()
        .forEach(
            one ->
                table.put(
                    new Key(one.resolution(), one.from(), new Part(one.kind(), one.path())),
                    one.figures()));
  }

  private static Between between(List<Between> all, Part part, Instant to, @Nullable Long waiting) {
    Instant from =
        all.stream()
            .filter(one -> one.part().equals(part))
            .reduce((one, next) -> next)
            .orElseThrow()
            .to();
    return new Between(from, to, part, 0, waiting);
  }

  /** Adds up each interval where its middle is. */
  private static Map<Key, Figures> slow(List<Between> all) {
    Map<Key, Figures> slices = new HashMap<>();
    for (Between one : all) {
      long middle =
          one.from().toEpochMilli() + Duration.between(one.from(), one.to()).toMillis() / 2;
      for (Resolution resolution : Resolution.values()) {
        long length = resolution.slice().toMillis();
        Key key = new Key(resolution, Instant.ofEpochMilli(middle / length * length), one.part());
        Figures sum = slices.getOrDefault(key, new Figures(0, 0, 0, 0, null, null));
        slices.put(
            key,
            new Figures(
                sum.accepted() + one.accepted(),
                sum.written() + 2 * one.accepted(),
                0,
                0,
                one.waiting(),
                null));
      }
    }
    return slices;
  }

  private static long sum(Map<Key, Figures> table, Resolution resolution, Part part) {
    return table.entrySet().stream()
        .filter(one -> one.getKey().resolution() == resolution && one.getKey().part().equals(part))
        .mapToLong(one -> one.getValue().accepted())
        .sum();
  }
}
