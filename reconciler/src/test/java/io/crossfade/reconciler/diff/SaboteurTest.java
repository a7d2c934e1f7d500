package io.crossfade.reconciler.diff;

import static io.crossfade.reconciler.diff.DiffWorld.EVENTS;
import static io.crossfade.reconciler.diff.DiffWorld.HEIGHT;
import static io.crossfade.reconciler.diff.DiffWorld.URGENT;
import static io.crossfade.reconciler.diff.DiffWorld.event;
import static io.crossfade.reconciler.diff.DiffWorld.stamp;
import static io.crossfade.reconciler.diff.DiffWorld.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputScan.Order;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TableReader;
import io.crossfade.reconciler.diff.Plant.Sort;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The saboteur shows every read the same table: the one that somebody would make by hand. */
class SaboteurTest {

  private static final int ROWS = 40;

  @Test
  void everyReadShowsTheSameTable() throws Exception {
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      DiffWorld world = new DiffWorld();
      for (int i = 0; i < ROWS; i++) {
        world.putBoth(event(i, random.nextInt(20), false));
      }
      List<StoredRow> rows = List.copyOf(world.legacy.rows());
      List<Plant> plants = new ArrayList<>();
      Map<RecordId, RawRow> witnesses = new HashMap<>();
      for (StoredRow row : rows) {
        if (random.nextInt(3) == 0 && plants.size() < PlantDraw.MOST) {
          Sort sort = Sort.values()[random.nextInt(Sort.values().length)];
          RecordId id =
              sort == Sort.DOUBLED
                  ? new RecordId(row.id().high(), row.id().low() ^ random.nextLong(1, 1 << 20))
                  : row.id();
          plants.add(
              new Plant(
                  id,
                  row.id(),
                  row.stamp(),
                  sort,
                  DeliveryPath.values()[random.nextInt(2)],
                  sort == Sort.ALTERED ? HEIGHT : null,
                  false));
          witnesses.putAll(world.legacy.witness(List.of(row.id())));
        }
      }
      for (DeliveryPath side : DeliveryPath.values()) {
        compare(world, new Plants(plants, witnesses), side, random);
      }
    }
  }

  private static void compare(DiffWorld world, Plants plants, DeliveryPath side, Random random)
      throws Exception {
    TableReader shown = new Saboteur(world.of(side), EVENTS, side, plants);
    Map<RecordId, StoredRow> truth = new TreeMap<>();
    world.of(side).rows().forEach(row -> truth.put(row.id(), row));
    Map<RecordId, Sort> found = new TreeMap<>();
    Map<RecordId, Sort> paged = new TreeMap<>();
    truth.keySet().forEach(id -> found.put(id, Sort.LATE));
    for (Plant plant : plants.all()) {
      if (plant.side() == side) {
        found.put(plant.id(), plant.sort());
      }
    }
    found.values().removeIf(sort -> sort == Sort.HIDDEN);
    paged.putAll(found);
    plants.all().stream()
        .filter(plant -> plant.side() == side && plant.sort() == Sort.LATE)
        .forEach(plant -> paged.remove(plant.id()));
    Set<RecordId> asked = new LinkedHashSet<>(truth.keySet());
    plants.all().forEach(plant -> asked.add(plant.id()));
    asked.add(new RecordId(1, 1));

    assertThat(shown.present(asked)).isEqualTo(found.keySet());
    Map<RecordId, StoredRow> rows = shown.find(asked);
    assertThat(rows.keySet()).isEqualTo(found.keySet());
    found.forEach((id, sort) -> assertShown(sort, row(plants, truth, id), row(rows, id)));

    int from = random.nextInt(15);
    int to = from + random.nextInt(20);
    for (Order order : Order.values()) {
      // A page has more rows than a table has plants.
      int limit = ROWS / 2 + random.nextInt(ROWS / 2);
      List<RawRow> pages = pages(shown, order, stamp(from), stamp(to), limit);
      List<RawRow> sorted = new ArrayList<>(pages);
      sorted.sort(order::compare);
      assertThat(pages).as("%s", order).isEqualTo(sorted);
      Map<RecordId, RawRow> byId = new LinkedHashMap<>();
      pages.forEach(row -> byId.put(row.id(), row));
      assertThat(byId).as("none twice").hasSameSizeAs(pages);
      assertThat(byId.keySet())
          .as("%s, from %d to %d", order, from, to)
          .isEqualTo(
              paged.keySet().stream()
                  .filter(id -> within(row(plants, truth, id), from, to))
                  .collect(Collectors.toSet()));
      byId.forEach(
          (id, raw) -> {
            RawRow witness = world.legacy.witness(List.of(of(plants, id))).get(of(plants, id));
            Sort sort = Objects.requireNonNull(paged.get(id));
            assertThat(raw.sameColumns(Objects.requireNonNull(witness)))
                .isEqualTo(sort != Sort.ALTERED);
            assertThat(raw.reason() == null).isEqualTo(sort == Sort.SPOILT);
          });
    }
    assertThat(plants.misread()).isEmpty();
    assertCounts(shown, plants, truth, found, from, to);
  }

  private static void assertCounts(
      TableReader shown,
      Plants plants,
      Map<RecordId, StoredRow> truth,
      Map<RecordId, Sort> found,
      int from,
      int to)
      throws Exception {
    List<RecordId> within =
        found.keySet().stream().filter(id -> within(row(plants, truth, id), from, to)).toList();
    long spoilt = within.stream().filter(id -> found.get(id) == Sort.SPOILT).count();
    assertThat(shown.count(stamp(from), stamp(to))).isEqualTo(within.size());
    OutputScan.Counts counts = shown.countByReason(stamp(from), stamp(to));
    assertThat(counts.unknown()).isEqualTo(spoilt);
    assertThat(counts.sum()).isEqualTo(within.size());
    assertThat(counts.byReason().values()).allMatch(count -> count >= 0);
  }

  private static void assertShown(Sort sort, StoredRow real, StoredRow row) {
    boolean altered = !new RowPair(EVENTS, real, row).difference(URGENT).isEmpty();
    assertThat(altered).as("%s", row).isEqualTo(sort == Sort.ALTERED || sort == Sort.SPOILT);
    assertThat(row.stamp()).isEqualTo(real.stamp());
    assertThat(row.reason() == null).isEqualTo(sort == Sort.SPOILT);
  }

  private static boolean within(StoredRow row, int from, int to) {
    return row.stamp() >= stamp(from) && row.stamp() < stamp(to);
  }

  private static StoredRow row(Map<RecordId, StoredRow> rows, RecordId id) {
    return Objects.requireNonNull(rows.get(id));
  }

  private static StoredRow row(Plants plants, Map<RecordId, StoredRow> truth, RecordId id) {
    return row(truth, of(plants, id));
  }

  private static RecordId of(Plants plants, RecordId id) {
    Plant plant = plants.of(id);
    return plant == null ? id : plant.row();
  }

  /** All pages, one after the other, as a reader asks for them. */
  private static List<RawRow> pages(TableReader shown, Order order, long from, long to, int limit)
      throws Exception {
    List<RawRow> rows = new ArrayList<>();
    int read;
    do {
      OutputScan.Place after =
          rows.isEmpty() ? null : new OutputScan.Place(rows.getLast().stamp(), rows.getLast().id());
      read = shown.page(order, from, to, after, limit, rows::add);
    } while (read == limit);
    return rows;
  }

  /** Whatever a column holds, another value is shown, and one that its type allows. */
  @Test
  void valueOfEveryTypeIsAlteredToTheNearestOther() throws Exception {
    StoredRow row = event(1, 5, false);
    Map<String, List<Object>> others = new LinkedHashMap<>();
    others.put("device_sn", List.of("DEV1 "));
    others.put("timestamp", List.of(LocalDateTime.of(2026, 11, 26, 8, 0, 2)));
    others.put(HEIGHT, List.of(Math.nextDown(1.5)));
    others.forEach((column, other) -> assertThat(altered(row, column)).isEqualTo(other.getFirst()));
    assertThat(altered(with(row, HEIGHT, 0.0), HEIGHT)).isEqualTo(Double.MIN_NORMAL);
    for (int i = 0; i < EVENTS.comparedColumns().size(); i++) {
      String column = EVENTS.comparedColumns().get(i);
      Class<?> type = EVENTS.comparedTypes().get(i);
      if (!column.equals("timestamp")) {
        assertThat(altered(with(row, column, null), column))
            .as(column)
            .isNotNull()
            .isInstanceOf(type);
      }
      if (type == Long.class) {
        assertThat(altered(with(row, column, 7L), column)).isEqualTo(8L);
        assertThat(altered(with(row, column, Long.MAX_VALUE), column))
            .isEqualTo(Long.MAX_VALUE - 1);
      } else if (type == BigDecimal.class) {
        assertThat(altered(with(row, column, DiffWorld.decimal("1.25")), column))
            .isEqualTo(DiffWorld.decimal("1.26"));
      }
    }
  }

  private static Object altered(StoredRow row, String column) {
    DiffWorld world = new DiffWorld();
    world.putBoth(row);
    Plant plant =
        new Plant(
            row.id(), row.id(), row.stamp(), Sort.ALTERED, DeliveryPath.STREAM, column, false);
    Plants plants = new Plants(List.of(plant), world.legacy.witness(List.of(row.id())));
    try {
      StoredRow shown =
          new Saboteur(world.stream, EVENTS, DeliveryPath.STREAM, plants)
              .find(List.of(row.id()))
              .get(row.id());
      return Objects.requireNonNull(EVENTS.value(Objects.requireNonNull(shown), column));
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Who reads a plant's row otherwise than the outputs had it is told, and nobody else. */
  @Test
  void rowThatCameOtherwiseIsMisread() {
    DiffWorld world = new DiffWorld();
    StoredRow row = event(1, 5, false);
    world.putBoth(row);
    RawRow witness = Objects.requireNonNull(world.legacy.witness(List.of(row.id())).get(row.id()));
    Plant plant =
        new Plant(row.id(), row.id(), row.stamp(), Sort.LATE, DeliveryPath.STREAM, null, false);
    Plant unwitnessed =
        new Plant(
            new RecordId(3, 3), new RecordId(3, 3), 5, Sort.LATE, DeliveryPath.STREAM, null, false);
    Map<RecordId, RawRow> witnesses = Map.of(row.id(), witness);
    for (RawRow other :
        List.of(
            witness.altered(0),
            witness.spoilt(),
            new RawRow(
                witness.id(),
                witness.stamp() + 1,
                RouteReason.FLAG,
                witness.bytes(),
                witness.from(),
                witness.to()))) {
      Plants plants = new Plants(List.of(plant, unwitnessed), witnesses);
      plants.check(plant, witness);
      plants.check(unwitnessed, other);
      assertThat(plants.misread()).isEmpty();
      plants.check(plant, other);
      assertThat(plants.misread()).containsExactly(plant.id());
    }
    assertThat(Plants.NONE.of(row.id())).isNull();
  }
}
