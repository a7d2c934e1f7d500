package io.crossfade.reconciler.diff;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.Plant.Sort;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The plants of one table in one run. Asked of every row that is read, from three threads. */
final class Plants {

  static final Plants NONE = new Plants(List.of(), Map.of());

  /** So many, that all but one row in a hundred need no look at the map. */
  private static final int BITS = 1 << 12;

  private final Map<RecordId, Plant> byId = new HashMap<>();
  private final boolean[] maybe = new boolean[BITS];
  private final Map<RecordId, RawRow> witnesses;
  private final Set<RecordId> misread = ConcurrentHashMap.newKeySet();

  /**
   * @param witnesses what both outputs have of their rows
   */
  Plants(Collection<Plant> plants, Map<RecordId, RawRow> witnesses) {
    this.witnesses = Map.copyOf(witnesses);
    for (Plant plant : plants) {
      byId.put(plant.id(), plant);
      maybe[bit(plant.id())] = true;
    }
  }

  /** The plant that is shown under an id, if any. */
  @Nullable Plant of(RecordId id) {
    return maybe[bit(id)] ? byId.get(id) : null;
  }

  Collection<Plant> all() {
    return byId.values();
  }

  /** Those shown twice by an output. */
  List<Plant> doubledIn(DeliveryPath side) {
    return byId.values().stream()
        .filter(plant -> plant.sort() == Sort.DOUBLED && plant.side() == side)
        .toList();
  }

  /** Rows that really are there, under the ids that plants have. */
  List<RecordId> rows() {
    return byId.values().stream()
        .filter(plant -> plant.sort() != Sort.DOUBLED)
        .map(Plant::row)
        .toList();
  }

  /** What both outputs had of a row; {@code null} when they no longer agreed in it. */
  @Nullable RawRow witness(Plant plant) {
    return witnesses.get(plant.row());
  }

  /** Remembers that a row of a plant came otherwise than its output has it. */
  void check(Plant plant, RawRow read) {
    RawRow witness = witness(plant);
    if (witness != null
        && !(witness.stamp() == read.stamp()
            && witness.reason() != null
            && read.reason() != null
            && witness.sameColumns(read))) {
      misread.add(plant.id());
    }
  }

  Set<RecordId> misread() {
    return Set.copyOf(misread);
  }

  private static int bit(RecordId id) {
    return (int) id.low() & (BITS - 1);
  }
}
