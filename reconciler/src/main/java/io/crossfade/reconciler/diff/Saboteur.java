package io.crossfade.reconciler.diff;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TableReader;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Shows a comparison an output with plants in it: in every read the same ones. Writes nothing, and
 * knows nothing of what the rows mean.
 */
final class Saboteur implements TableReader {

  private final TableReader output;
  private final OutputTable<?> table;
  private final DeliveryPath side;
  private final Plants plants;

  Saboteur(TableReader output, OutputTable<?> table, DeliveryPath side, Plants plants) {
    this.output = output;
    this.table = table;
    this.side = side;
    this.plants = plants;
  }

  @Override
  public int page(
      OutputScan.Order order,
      long fromStamp,
      long toStamp,
      OutputScan.@Nullable Place after,
      int limit,
      Consumer<RawRow> sink)
      throws SQLException {
    List<RawRow> second = new ArrayList<>();
    for (Plant plant : plants.doubledIn(side)) {
      RawRow witness = plants.witness(plant);
      if (witness != null && witness.stamp() >= fromStamp && witness.stamp() < toStamp) {
        RawRow row = witness.under(plant.id());
        if (after == null || order.follows(row, after)) {
          second.add(row);
        }
      }
    }
    second.sort(order::compare);
    int[] next = {0};
    int read =
        output.page(
            order,
            fromStamp,
            toStamp,
            after,
            limit,
            row -> {
              while (next[0] < second.size() && order.compare(second.get(next[0]), row) < 0) {
                sink.accept(second.get(next[0]++));
              }
              show(row, sink);
            });
    while (read < limit && next[0] < second.size()) {
      sink.accept(second.get(next[0]++));
    }
    return read;
  }

  private void show(RawRow row, Consumer<RawRow> sink) {
    Plant plant = plants.of(row.id());
    if (plant == null) {
      sink.accept(row);
      return;
    }
    plants.check(plant, row);
    if (plant.side() != side) {
      sink.accept(row);
      return;
    }
    switch (plant.sort()) {
      case HIDDEN, LATE -> {}
      case ALTERED -> sink.accept(row.altered(column(plant)));
      case SPOILT -> sink.accept(row.spoilt());
      case DOUBLED -> sink.accept(row);
    }
  }

  @Override
  public Map<RecordId, StoredRow> find(Collection<RecordId> ids) throws SQLException {
    Map<RecordId, StoredRow> there = output.find(rows(ids));
    Map<RecordId, StoredRow> shown = new HashMap<>();
    for (RecordId id : ids) {
      StoredRow row = show(id, there);
      if (row != null) {
        shown.put(id, row);
      }
    }
    return shown;
  }

  private @Nullable StoredRow show(RecordId id, Map<RecordId, StoredRow> there) {
    Plant plant = plants.of(id);
    StoredRow row = there.get(plant == null ? id : plant.row());
    if (row == null || plant == null) {
      return row;
    }
    if (plant.side() != side) {
      return plant.sort() == Plant.Sort.DOUBLED ? null : row;
    }
    return switch (plant.sort()) {
      case HIDDEN -> null;
      case LATE -> row;
      case ALTERED -> altered(row, column(plant));
      case DOUBLED -> new StoredRow(id, row.stamp(), row.reason(), row.values(), row.unreadable());
      case SPOILT ->
          new StoredRow(
              id,
              row.stamp(),
              null,
              row.values(),
              List.of(new StoredRow.Unreadable(RowPair.ROUTE_REASON, "PLANTED")));
    };
  }

  @Override
  public Set<RecordId> present(Collection<RecordId> ids) throws SQLException {
    Set<RecordId> there = output.present(rows(ids));
    Set<RecordId> shown = new HashSet<>();
    for (RecordId id : ids) {
      Plant plant = plants.of(id);
      boolean hidden =
          plant != null
              && (plant.side() == side
                  ? plant.sort() == Plant.Sort.HIDDEN
                  : plant.sort() == Plant.Sort.DOUBLED);
      if (!hidden && there.contains(plant == null ? id : plant.row())) {
        shown.add(id);
      }
    }
    return shown;
  }

  private Set<RecordId> rows(Collection<RecordId> ids) {
    Set<RecordId> rows = new HashSet<>();
    for (RecordId id : ids) {
      Plant plant = plants.of(id);
      rows.add(plant == null ? id : plant.row());
    }
    return rows;
  }

  @Override
  public long count(long fromStamp, long toStamp) throws SQLException {
    long count = output.count(fromStamp, toStamp);
    for (Plant plant : within(fromStamp, toStamp)) {
      count += more(plant);
    }
    return count;
  }

  @Override
  public OutputScan.Counts countByReason(long fromStamp, long toStamp) throws SQLException {
    OutputScan.Counts there = output.countByReason(fromStamp, toStamp);
    Map<RouteReason, Long> byReason = new HashMap<>(there.byReason());
    long unknown = there.unknown();
    List<Plant> planted = within(fromStamp, toStamp);
    // Of this output: the witness has the other one's.
    Map<RecordId, StoredRow> rows = output.find(planted.stream().map(Plant::row).toList());
    for (Plant plant : planted) {
      StoredRow row = rows.get(plant.row());
      RouteReason reason = row == null ? null : row.reason();
      if (reason != null && plant.sort() == Plant.Sort.SPOILT) {
        byReason.merge(reason, -1L, Long::sum);
        unknown++;
      } else if (reason != null) {
        byReason.merge(reason, (long) more(plant), Long::sum);
      }
    }
    return new OutputScan.Counts(byReason, unknown);
  }

  private List<Plant> within(long fromStamp, long toStamp) {
    return plants.all().stream()
        .filter(plant -> plant.side() == side && plants.witness(plant) != null)
        .filter(plant -> plant.stamp() >= fromStamp && plant.stamp() < toStamp)
        .toList();
  }

  private static int more(Plant plant) {
    return switch (plant.sort()) {
      case HIDDEN -> -1;
      case DOUBLED -> 1;
      case ALTERED, SPOILT, LATE -> 0;
    };
  }

  @Override
  public long estimate(long fromStamp, long toStamp) throws SQLException {
    return output.estimate(fromStamp, toStamp);
  }

  @Override
  public long estimate() throws SQLException {
    return output.estimate();
  }

  @Override
  public List<RecordId> draw(long fromStamp, long toStamp, RandomGenerator random)
      throws SQLException {
    return output.draw(fromStamp, toStamp, random);
  }

  @Override
  public List<RecordId> draw(
      long fromStamp,
      long toStamp,
      String column,
      Collection<String> values,
      int among,
      RandomGenerator random)
      throws SQLException {
    return output.draw(fromStamp, toStamp, column, values, among, random);
  }

  @Override
  public Map<RecordId, RawRow> witness(Collection<RecordId> ids) throws SQLException {
    return output.witness(ids);
  }

  private int column(Plant plant) {
    return table.comparedColumns().indexOf(plant.column());
  }

  /** The nearest other value, as a fault of a writer would make it. */
  private StoredRow altered(StoredRow row, int column) {
    List<@Nullable Object> values = new ArrayList<>(row.values());
    values.set(column, altered(values.get(column), table.comparedTypes().get(column)));
    return new StoredRow(row.id(), row.stamp(), row.reason(), values, row.unreadable());
  }

  private static Object altered(@Nullable Object value, Class<?> type) {
    if (value == null) {
      return type == Long.class
          ? (Object) 0L
          : type == Double.class ? (Object) 0.0 : type == BigDecimal.class ? BigDecimal.ZERO : "";
    }
    return switch (value) {
      case Long number -> number == Long.MAX_VALUE ? number - 1 : number + 1;
      case Double number -> number == 0 ? Double.MIN_NORMAL : Math.nextDown(number);
      case BigDecimal number -> number.add(number.ulp()).stripTrailingZeros();
      case LocalDateTime time -> time.plusSeconds(1);
      case LocalDate day -> day.plusDays(1);
      default -> value + " ";
    };
  }
}
