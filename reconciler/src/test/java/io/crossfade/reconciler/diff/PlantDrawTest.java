package io.crossfade.reconciler.diff;

import static io.crossfade.reconciler.diff.DiffWorld.EVENTS;
import static io.crossfade.reconciler.diff.DiffWorld.URGENT;
import static io.crossfade.reconciler.diff.DiffWorld.because;
import static io.crossfade.reconciler.diff.DiffWorld.event;
import static io.crossfade.reconciler.diff.DiffWorld.stamp;
import static io.crossfade.reconciler.diff.DiffWorld.stamped;
import static io.crossfade.reconciler.diff.DiffWorld.under;
import static io.crossfade.reconciler.diff.DiffWorld.window;
import static io.crossfade.reconciler.diff.DiffWorld.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.diff.Plant.Sort;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plants stand in rows that agree and that nothing excuses, in every way, on both sides. */
class PlantDrawTest {

  private static final int SEEDS = 100;

  private final DiffWorld world = new DiffWorld();

  @Test
  void rowsThatDifferOrThatSomethingExcusesAreNotPlantedIn() throws Exception {
    Set<RecordId> good = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      StoredRow row = event(i, 100, i % 7 == 0);
      StoredRow copy = because(row, RouteReason.MIRROR);
      world.legacy.put(row);
      switch (i % 10) {
        case 0 -> world.stream.remove(row.id());
        case 1 -> world.stream.put(stamped(copy, row.stamp() + 1));
        case 2 -> world.stream.put(with(copy, "event_value", "2"));
        case 3 -> world.stream.put(because(copy, null));
        case 4 -> {
          world.legacy.put(because(row, null));
          world.stream.put(copy);
        }
        case 5 -> {
          world.legacy.put(because(row, RouteReason.STREAM_UNAVAILABLE));
          world.stream.put(copy);
        }
        case 6 -> {
          world.legacy.put(stamped(row, stamp(50) + i));
          world.stream.put(stamped(copy, stamp(50) + i));
        }
        default -> {
          world.stream.put(copy);
          good.add(row.id());
        }
      }
    }
    // Dual write was off for a while, though copies of some of it are there.
    world.explainer.offFrom = stamp(50);
    world.explainer.offTo = stamp(51);
    // And some are in no part of the window.
    world.putBoth(event(70, 999, false));
    Set<RecordId> met = new TreeSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      PlantDraw.Drawn drawn = draw(seed, 60);
      assertThat(drawn.plants()).extracting(Plant::row).isSubsetOf(good).doesNotHaveDuplicates();
      assertThat(drawn.witnesses().keySet()).isSubsetOf(good);
      for (Plant plant : drawn.plants()) {
        assertThat(plant.stamp())
            .isEqualTo(Objects.requireNonNull(drawn.witnesses().get(plant.row())).stamp());
        met.add(plant.row());
      }
    }
    assertThat(met).as("every good row, now and then").isEqualTo(new TreeSet<>(good));
  }

  @Test
  void plantsAreOfEverySortOnBothSidesAndSomeInUrgentRows() throws Exception {
    for (int i = 0; i < 200; i++) {
      world.putBoth(event(i, 100, i % 20 == 0));
    }
    for (long seed = 0; seed < SEEDS; seed++) {
      List<Plant> plants = draw(seed, 200).plants();
      assertThat(plants).hasSize(PlantDraw.MOST);
      List<Plant> urgent = plants.subList(0, 3);
      assertThat(urgent).allMatch(plant -> plant.urgent() && plant.sort() == Sort.HIDDEN);
      assertThat(urgent)
          .extracting(Plant::side)
          .containsExactly(DeliveryPath.LEGACY, DeliveryPath.STREAM, DeliveryPath.LEGACY);
      assertThat(plants).extracting(Plant::row).doesNotHaveDuplicates();
      for (Plant plant : plants) {
        assertThat(EVENTS.comparedColumns().contains(plant.column()))
            .isEqualTo(plant.sort() == Sort.ALTERED);
        assertThat(plant.id().high()).isEqualTo(plant.row().high());
        assertThat(plant.id().equals(plant.row())).isEqualTo(plant.sort() != Sort.DOUBLED);
      }
    }
  }

  /** Without urgent rows the first eight are all sorts to be named, the next two are decoys. */
  @Test
  void withoutUrgentRowsEverySortStandsOnBothSides() throws Exception {
    for (int i = 0; i < 200; i++) {
      world.putBoth(event(i, 100, false));
    }
    Set<List<String>> orders = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      List<Plant> plants = draw(seed, 200).plants();
      Map<Boolean, List<String>> ways =
          plants.stream()
              .limit(10)
              .collect(
                  Collectors.partitioningBy(
                      Plant::isDecoy,
                      Collectors.mapping(
                          plant -> plant.sort() + " " + plant.side(), Collectors.toList())));
      List<String> named = Objects.requireNonNull(ways.get(false));
      assertThat(named)
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(Sort.HIDDEN, Sort.ALTERED, Sort.DOUBLED, Sort.SPOILT)
                  .flatMap(sort -> Stream.of(DeliveryPath.values()).map(side -> sort + " " + side))
                  .toList());
      assertThat(plants.subList(8, 10)).allMatch(Plant::isDecoy);
      assertThat(plants.subList(8, 10))
          .extracting(Plant::side)
          .containsExactly(DeliveryPath.values());
      assertThat(plants.subList(0, 10)).noneMatch(Plant::urgent);
      orders.add(named);
    }
    assertThat(orders).as("in a random order").hasSizeGreaterThan(10);
  }

  /** A difference is likely to have company: its neighbours are looked at first. */
  @Test
  void rowsBesideSuchThatDifferAreTakenFirst() throws Exception {
    for (int i = 0; i < 300; i++) {
      world.putBoth(event(i, i, false));
    }
    // The window's first rows and its last are always drawn.
    StoredRow second = List.copyOf(world.legacy.rows()).get(1);
    world.stream.remove(second.id());
    List<RecordId> beside =
        List.of(
            List.copyOf(world.legacy.rows()).get(0).id(),
            List.copyOf(world.legacy.rows()).get(2).id());
    for (long seed = 0; seed < SEEDS; seed++) {
      List<Plant> plants = draw(seed, 300).plants();
      assertThat(plants).hasSize(PlantDraw.MOST);
      assertThat(plants.subList(0, 4)).extracting(Plant::row).containsAll(beside);
    }
  }

  /**
   * Three hidden ones are enough: of others something else may be missed. No ordinary row is there.
   */
  @Test
  void furtherUrgentRowsArePlantedInAnyWay() throws Exception {
    for (int i = 0; i < 5; i++) {
      world.putBoth(event(i, 100, true));
    }
    Set<Sort> fourth = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      fourth.add(draw(seed, 5).plants().get(3).sort());
    }
    assertThat(fourth).contains(Sort.ALTERED, Sort.DOUBLED, Sort.SPOILT);
  }

  @Test
  void ordinaryRowsComeBeforeFurtherUrgentOnes() throws Exception {
    for (int i = 0; i < 200; i++) {
      world.putBoth(event(i, 100, i % 2 == 0));
    }
    for (long seed = 0; seed < SEEDS; seed++) {
      assertThat(draw(seed, 200).plants().subList(3, PlantDraw.MOST)).noneMatch(Plant::urgent);
    }
  }

  /**
   * An index by type would cost every insert, so some rows are looked at, more of a large window.
   */
  @Test
  void urgentRowsAreLookedForAmongAShareOfTheWindow() throws Exception {
    for (int i = 0; i < 300; i++) {
      world.putBoth(event(i, i, i >= 250 && i < 255));
    }
    assertThat(draw(1, 0).plants()).as("among 200").noneMatch(Plant::urgent);
    assertThat(draw(1, 8_000).plants()).as("among 240").noneMatch(Plant::urgent);
    assertThat(draw(1, 20_000).plants()).as("among 300").anyMatch(Plant::urgent);
  }

  /** The first rows that were drawn are often the window's first. */
  @Test
  void ordinaryRowsAreTakenInARandomOrder() throws Exception {
    for (int i = 0; i < 200; i++) {
      world.putBoth(event(i, i, false));
    }
    RecordId first = List.copyOf(world.legacy.rows()).getFirst().id();
    int planted = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      planted += draw(seed, 200).plants().getFirst().row().equals(first) ? 1 : 0;
    }
    assertThat(planted).isLessThan(SEEDS / 2);
  }

  @Test
  void doubledRowHasAnIdOfItsOwnWhateverItsOriginalHas() throws Exception {
    for (int i = 0; i < 60; i++) {
      StoredRow row = event(i, 100, false);
      world.putBoth(under(row, new RecordId(row.id().high(), 0)));
    }
    for (long seed = 0; seed < SEEDS; seed++) {
      assertThat(draw(seed, 60).plants())
          .filteredOn(plant -> plant.sort() == Sort.DOUBLED)
          .isNotEmpty()
          .noneMatch(plant -> plant.id().equals(plant.row()));
    }
  }

  @Test
  void nothingIsDrawnFromNothing() throws Exception {
    world.putBoth(event(1, 5_000, true));
    assertThat(draw(1, 0)).isEqualTo(new PlantDraw.Drawn(List.of(), Map.of()));
  }

  private PlantDraw.Drawn draw(long seed, long expected) throws Exception {
    return new PlantDraw(world.outputs, window(0, 900), world.explainer, URGENT, seed)
        .draw(expected);
  }
}
