package io.crossfade.reconciler.diff;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.UrgentRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Draws the rows that a run plants in: at random, from both outputs, of those that agree and that
 * nothing excuses, rows beside such that do not first, urgent ones among them when there are any.
 */
final class PlantDraw {

  /** Most plants in a table; with fewer rows there are fewer. */
  static final int MOST = 12;

  private static final int URGENT = 3;

  /** Rows that are looked at for urgent ones: a share of the window, and some where it is short. */
  private static final int AMONG = 200;

  private static final int SHARE_OF_AMONG = 200;

  private record Way(Plant.Sort sort, DeliveryPath side) {}

  /**
   * What was drawn.
   *
   * @param witnesses their rows, as both outputs have them
   */
  record Drawn(List<Plant> plants, Map<RecordId, RawRow> witnesses) {}

  private final OutputPair outputs;
  private final ComparisonWindow window;
  private final Explainer explainer;
  private final Set<String> urgentEvents;
  private final Random random;

  PlantDraw(
      OutputPair outputs,
      ComparisonWindow window,
      Explainer explainer,
      Set<String> urgentEvents,
      long seed) {
    this.outputs = outputs;
    this.window = window;
    this.explainer = explainer;
    this.urgentEvents = urgentEvents;
    this.random = new Random(seed);
  }

  /**
   * Draws.
   *
   * @param expected rows of the window, about
   */
  Drawn draw(long expected) throws SQLException {
    long from = window.fromStamp();
    long to = window.toStamp();
    List<RecordId> drawn = new ArrayList<>(outputs.legacy().draw(from, to, random));
    drawn.addAll(outputs.stream().draw(from, to, random));
    if (drawn.isEmpty()) {
      return new Drawn(List.of(), Map.of());
    }
    Set<RecordId> urgent = new LinkedHashSet<>();
    UrgentRows rows = outputs.table().urgentRows().orElse(null);
    if (rows != null) {
      int among = (int) Math.min(Integer.MAX_VALUE, AMONG + expected / SHARE_OF_AMONG);
      Set<String> values = rows.values(urgentEvents);
      urgent.addAll(outputs.legacy().draw(from, to, rows.column(), values, among, random));
    }
    Set<RecordId> ids = new LinkedHashSet<>(drawn);
    ids.addAll(urgent);
    Map<RecordId, RawRow> witnesses = alike(outputs, ids);
    witnesses.values().removeIf(row -> !window.contains(row.stamp()) || isExcused(row));
    return new Drawn(plants(drawn, urgent, witnesses), witnesses);
  }

  /** Rows of some ids that both outputs have of one acceptance, with the same bytes. */
  static Map<RecordId, RawRow> alike(OutputPair outputs, Set<RecordId> ids) throws SQLException {
    Map<RecordId, RawRow> left = outputs.legacy().witness(ids);
    Map<RecordId, RawRow> right = outputs.stream().witness(ids);
    Map<RecordId, RawRow> alike = new HashMap<>();
    for (RecordId id : ids) {
      RawRow one = left.get(id);
      RawRow other = right.get(id);
      if (one != null
          && other != null
          && one.reason() != null
          && other.reason() != null
          && one.stamp() == other.stamp()
          && one.sameColumns(other)) {
        alike.put(id, one);
      }
    }
    return alike;
  }

  /** What the flags or the row itself excuse when it is missing is not to be named. */
  private boolean isExcused(RawRow legacy) {
    return legacy.reason() == RouteReason.STREAM_UNAVAILABLE
        || explainer.notMirrored(legacy.stamp());
  }

  private List<Plant> plants(
      List<RecordId> drawn, Set<RecordId> urgent, Map<RecordId, RawRow> witnesses) {
    Set<RecordId> urgentOnes = new LinkedHashSet<>(urgent);
    urgentOnes.retainAll(witnesses.keySet());
    List<RecordId> rest = new ArrayList<>(new LinkedHashSet<>(drawn));
    rest.retainAll(witnesses.keySet());
    rest.removeAll(urgentOnes);
    Collections.shuffle(rest, random);
    Set<RecordId> ordered = new LinkedHashSet<>();
    urgentOnes.stream().limit(URGENT).forEach(ordered::add);
    rest.stream()
        .filter(besideOthers(drawn, witnesses)::contains)
        .limit(MOST / 3)
        .forEach(ordered::add);
    ordered.addAll(rest);
    ordered.addAll(urgentOnes);
    List<Way> ways = ways();
    List<Plant> plants = new ArrayList<>();
    for (RecordId row : ordered) {
      if (plants.size() == MOST) {
        break;
      }
      int nth = plants.size();
      boolean isUrgent = urgent.contains(row);
      Way way =
          isUrgent && nth < URGENT
              ? new Way(Plant.Sort.HIDDEN, DeliveryPath.values()[nth % 2])
              : ways.get(nth % ways.size());
      plants.add(plant(row, witnesses, way, isUrgent));
    }
    return plants;
  }

  private Plant plant(RecordId row, Map<RecordId, RawRow> witnesses, Way way, boolean urgent) {
    List<String> columns = outputs.table().comparedColumns();
    @Nullable String column =
        way.sort() == Plant.Sort.ALTERED ? columns.get(random.nextInt(columns.size())) : null;
    RecordId id =
        way.sort() == Plant.Sort.DOUBLED
            ? new RecordId(row.high(), row.low() ^ random.nextLong(1, Long.MAX_VALUE))
            : row;
    return new Plant(
        id,
        row,
        java.util.Objects.requireNonNull(witnesses.get(row)).stamp(),
        way.sort(),
        way.side(),
        column,
        urgent);
  }

  /** Rows that were drawn next to one that may not be planted in. */
  private static Set<RecordId> besideOthers(List<RecordId> drawn, Map<RecordId, RawRow> witnesses) {
    Set<RecordId> beside = new LinkedHashSet<>();
    for (int i = 1; i < drawn.size(); i++) {
      if (!witnesses.containsKey(drawn.get(i))) {
        beside.add(drawn.get(i - 1));
      }
      if (!witnesses.containsKey(drawn.get(i - 1))) {
        beside.add(drawn.get(i));
      }
    }
    return beside;
  }

  /** All ways on both sides in a random order, what is not to be named last. */
  private List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (DeliveryPath side : DeliveryPath.values()) {
      for (Plant.Sort sort : Plant.Sort.values()) {
        if (sort != Plant.Sort.LATE) {
          ways.add(new Way(sort, side));
        }
      }
    }
    Collections.shuffle(ways, random);
    for (DeliveryPath side : DeliveryPath.values()) {
      ways.add(new Way(Plant.Sort.LATE, side));
    }
    return ways;
  }
}
