package io.crossfade.db;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table in memory that reads as {@link OutputScan} does, for tests that try thousands of worlds;
 * {@code TableReaderIT} holds the two together.
 */
public final class SimulatedTable implements TableReader {

  private static final int POINTS = 7;
  private static final int AT_EACH = 3;

  private final OutputTable<?> table;
  private final TreeMap<RecordId, StoredRow> rows = new TreeMap<>();

  public SimulatedTable(OutputTable<?> table) {
    this.table = table;
  }

  /** Writes a row, in place of the one of its id. */
  public void put(StoredRow row) {
    rows.put(row.id(), row);
  }

  /** Deletes a row. */
  public void remove(RecordId id) {
    rows.remove(id);
  }

  /** All rows, by their ids. */
  public Collection<StoredRow> rows() {
    return List.copyOf(rows.values());
  }

  @Override
  public int page(
      OutputScan.Order order,
      long fromStamp,
      long toStamp,
      OutputScan.@Nullable Place after,
      int limit,
      Consumer<RawRow> sink) {
    List<RawRow> page =
        within(fromStamp, toStamp)
            .map(this::raw)
            .filter(row -> after == null || order.follows(row, after))
            .sorted(order::compare)
            .limit(limit)
            .toList();
    page.forEach(sink);
    return page.size();
  }

  @Override
  public Map<RecordId, StoredRow> find(Collection<RecordId> ids) {
    Map<RecordId, StoredRow> found = new HashMap<>();
    for (RecordId id : ids) {
      StoredRow row = rows.get(id);
      if (row != null) {
        found.put(id, row);
      }
    }
    return found;
  }

  @Override
  public Set<RecordId> present(Collection<RecordId> ids) {
    return find(ids).keySet();
  }

  @Override
  public long count(long fromStamp, long toStamp) {
    return within(fromStamp, toStamp).count();
  }

  @Override
  public OutputScan.Counts countByReason(long fromStamp, long toStamp) {
    Map<RouteReason, Long> counts = new EnumMap<>(RouteReason.class);
    long[] unknown = {0};
    within(fromStamp, toStamp)
        .forEach(
            row -> {
              RouteReason reason = row.reason();
              if (reason == null) {
                unknown[0]++;
              } else {
                counts.merge(reason, 1L, Long::sum);
              }
            });
    return new OutputScan.Counts(counts, unknown[0]);
  }

  /** Exactly, which is an estimate too. */
  @Override
  public long estimate(long fromStamp, long toStamp) {
    return count(fromStamp, toStamp);
  }

  @Override
  public long estimate() {
    return rows.size();
  }

  @Override
  public List<RecordId> draw(long fromStamp, long toStamp, RandomGenerator random) {
    List<StoredRow> all = byStamp(fromStamp, toStamp).toList();
    if (all.isEmpty()) {
      return List.of();
    }
    Set<RecordId> drawn = new LinkedHashSet<>();
    for (int point = 0; point < POINTS; point++) {
      int from = point == 0 ? 0 : random.nextInt(all.size());
      all.stream().skip(from).limit(AT_EACH).forEach(row -> drawn.add(row.id()));
    }
    all.reversed().stream().limit(AT_EACH).forEach(row -> drawn.add(row.id()));
    return List.copyOf(drawn);
  }

  @Override
  public List<RecordId> draw(
      long fromStamp,
      long toStamp,
      String column,
      Collection<String> values,
      int among,
      RandomGenerator random) {
    return byStamp(fromStamp, toStamp)
        .limit(among)
        .filter(row -> values.contains(String.valueOf(table.value(row, column))))
        .map(StoredRow::id)
        .limit(2 * AT_EACH)
        .toList();
  }

  @Override
  public Map<RecordId, RawRow> witness(Collection<RecordId> ids) {
    Map<RecordId, RawRow> witnesses = new HashMap<>();
    find(ids).values().forEach(row -> witnesses.put(row.id(), raw(row)));
    return witnesses;
  }

  private Stream<StoredRow> within(long fromStamp, long toStamp) {
    return rows.values().stream().filter(row -> row.stamp() >= fromStamp && row.stamp() < toStamp);
  }

  private Stream<StoredRow> byStamp(long fromStamp, long toStamp) {
    return within(fromStamp, toStamp)
        .sorted(Comparator.comparingLong(StoredRow::stamp).thenComparing(StoredRow::id));
  }

  private RawRow raw(StoredRow row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Object value : new ArrayList<>(row.values())) {
      RawRow.append(
          bytes, value == null ? null : value.toString().getBytes(StandardCharsets.UTF_8));
    }
    byte[] all = bytes.toByteArray();
    return new RawRow(row.id(), row.stamp(), row.reason(), all, 0, all.length);
  }
}
