package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A table in memory reads as one on a server. */
class TableReaderIT {

  private static final int ROUNDS = 40;

  @Test
  void simulatedTableReadsAsARealOne() throws Exception {
    try (TestOutputs outputs = new TestOutputs()) {
      new Output(outputs.stream()).write(new SampleRecords(5).crowded(300));
      TestOutputs.update(
          outputs.stream(), "UPDATE t_common_event SET route_reason = 'OF_TOMORROW' LIMIT 3");
      TestOutputs.update(
          outputs.stream(),
          "UPDATE t_common_event SET route_reason = 'MIRROR' ORDER BY id DESC LIMIT 5");
      for (Kind kind : Kind.values()) {
        for (OutputTable<?> table : OutputTables.of(kind)) {
          compare(table, new OutputScan(outputs.stream(), table));
        }
      }
    }
  }

  private static void compare(OutputTable<?> table, TableReader real) throws Exception {
    List<RecordId> ids = new ArrayList<>();
    real.page(OutputScan.Order.BY_ID, 0, Long.MAX_VALUE, null, 10_000, row -> ids.add(row.id()));
    SimulatedTable simulated = new SimulatedTable(table);
    real.find(ids).values().forEach(simulated::put);
    assertThat(ids).hasSizeGreaterThan(2);
    List<Long> stamps = simulated.rows().stream().map(StoredRow::stamp).sorted().toList();
    Random random = new Random(table.name().hashCode());
    for (int round = 0; round < ROUNDS; round++) {
      long[] window =
          LongStream.generate(() -> stamps.get(random.nextInt(stamps.size())) + random.nextInt(2))
              .limit(2)
              .sorted()
              .toArray();
      long from = round == 0 ? 0 : window[0];
      long to = round == 0 ? Long.MAX_VALUE : window[1];
      OutputScan.Order order = OutputScan.Order.values()[round % 2];
      int limit = 1 + random.nextInt(ids.size());
      StoredRow row = List.copyOf(simulated.rows()).get(random.nextInt(ids.size()));
      OutputScan.Place after =
          random.nextInt(3) == 0 || row.stamp() < from
              ? null
              : new OutputScan.Place(row.stamp(), row.id());
      assertThat(page(simulated, order, from, to, after, limit))
          .as("%s of %s, %s", order, table.name(), after)
          .isEqualTo(page(real, order, from, to, after, limit));
      Set<RecordId> some = new TreeSet<>(List.of(new RecordId(1, round)));
      ids.stream().filter(id -> random.nextInt(4) == 0).forEach(some::add);
      assertThat(simulated.find(some)).isEqualTo(real.find(some));
      assertThat(simulated.present(some)).isEqualTo(real.present(some));
      assertThat(simulated.witness(some).keySet()).isEqualTo(real.witness(some).keySet());
      assertThat(simulated.count(from, to)).isEqualTo(real.count(from, to));
      assertThat(simulated.countByReason(from, to)).isEqualTo(real.countByReason(from, to));
      for (TableReader reader : List.of(simulated, real)) {
        List<RecordId> drawn = reader.draw(from, to, random);
        assertThat(drawn).doesNotHaveDuplicates();
        assertThat(drawn.isEmpty()).isEqualTo(reader.count(from, to) == 0);
        assertThat(reader.find(drawn).values())
            .hasSameSizeAs(drawn)
            .allMatch(of -> of.stamp() >= from && of.stamp() < to);
      }
    }
  }

  /** What a page says of its rows; their bytes are each server's own. */
  private static List<List<@Nullable Object>> page(
      TableReader reader,
      OutputScan.Order order,
      long from,
      long to,
      OutputScan.@Nullable Place after,
      int limit)
      throws Exception {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int read =
        reader.page(
            order,
            from,
            to,
            after,
            limit,
            row -> {
              List<@Nullable Object> said = new ArrayList<>();
              said.add(row.id());
              said.add(row.stamp());
              said.add(row.reason());
              rows.add(said);
            });
    assertThat(read).isEqualTo(rows.size());
    return rows;
  }
}
