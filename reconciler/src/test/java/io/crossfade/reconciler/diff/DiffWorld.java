package io.crossfade.reconciler.diff;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.SimulatedTable;
import io.crossfade.db.StoredRow;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Events of two outputs in memory, what is known of them, and what a run keeps. */
final class DiffWorld {

  static final OutputTable<?> EVENTS = OutputTables.of(Kind.EVENT).getFirst();
  static final Set<String> URGENT = Set.of("SOS_EVENT");
  static final Instant BEGIN = Instant.parse("2026-11-26T08:00:00Z");
  static final String HEIGHT = EVENTS.comparedColumns().getLast();

  final SimulatedTable legacy = new SimulatedTable(EVENTS);
  final SimulatedTable stream = new SimulatedTable(EVENTS);
  final OutputPair outputs = new OutputPair(EVENTS, legacy, stream);
  final ScriptedExplainer explainer = new ScriptedExplainer();

  SimulatedTable of(DeliveryPath path) {
    return path == DeliveryPath.LEGACY ? legacy : stream;
  }

  /** Puts a row into both outputs, as one acceptance makes it. */
  void putBoth(StoredRow row) {
    legacy.put(row);
    stream.put(because(row, RouteReason.MIRROR));
  }

  /** The event of a device of that number, accepted in that millisecond. */
  static StoredRow event(int number, int millisecond, boolean urgent) {
    return event(number, millisecond, urgent, RouteReason.FLAG, 1.5);
  }

  static StoredRow event(
      int number,
      int millisecond,
      boolean urgent,
      @Nullable RouteReason reason,
      @Nullable Double height) {
    List<@Nullable Object> values =
        new ArrayList<>(Collections.nCopies(EVENTS.comparedColumns().size(), null));
    set(values, "device_sn", "DEV" + number);
    set(values, "timestamp", LocalDateTime.of(2026, 11, 26, 8, 0).plusSeconds(number));
    set(values, "event_type", urgent ? "SOS_EVENT" : "WEAR_STATUS_CHANGED");
    set(values, "event_value", "1");
    set(values, HEIGHT, height);
    List<StoredRow.Unreadable> unreadable =
        reason == null
            ? List.of(new StoredRow.Unreadable(RowPair.ROUTE_REASON, "OF_TOMORROW"))
            : List.of();
    long stamp = stamp(millisecond) + number % 1_000;
    StoredRow unnamed = new StoredRow(new RecordId(0, 0), stamp, reason, values, unreadable);
    return under(unnamed, RowIdentity.of(EVENTS, unnamed).row());
  }

  private static void set(List<@Nullable Object> values, String column, @Nullable Object value) {
    values.set(EVENTS.comparedColumns().indexOf(column), value);
  }

  static StoredRow under(StoredRow row, RecordId id) {
    return new StoredRow(id, row.stamp(), row.reason(), row.values(), row.unreadable());
  }

  static StoredRow because(StoredRow row, @Nullable RouteReason reason) {
    return new StoredRow(row.id(), row.stamp(), reason, row.values(), row.unreadable());
  }

  static StoredRow with(StoredRow row, String column, @Nullable Object value) {
    List<@Nullable Object> values = new ArrayList<>(row.values());
    set(values, column, value);
    return new StoredRow(row.id(), row.stamp(), row.reason(), values, row.unreadable());
  }

  static StoredRow stamped(StoredRow row, long stamp) {
    return new StoredRow(row.id(), stamp, row.reason(), row.values(), row.unreadable());
  }

  /** Of a column that holds what nobody can read. */
  static StoredRow unreadable(StoredRow row, String column) {
    StoredRow.Unreadable one = new StoredRow.Unreadable(column, "?!");
    return new StoredRow(
        row.id(), row.stamp(), row.reason(), with(row, column, one).values(), List.of(one));
  }

  static long stamp(int millisecond) {
    return AcceptanceStamp.floor(BEGIN.plusMillis(millisecond));
  }

  static ComparisonWindow window(int from, int to) {
    return new ComparisonWindow(BEGIN.plusMillis(from), BEGIN.plusMillis(to));
  }

  static BigDecimal decimal(String digits) {
    return new BigDecimal(digits);
  }

  /** Knows when dual write was off, and what was said of some rows. */
  static final class ScriptedExplainer implements Explainer {

    long offFrom = Long.MAX_VALUE;
    long offTo = Long.MAX_VALUE;
    final Map<RecordId, Explained> known = new HashMap<>();

    @Override
    public Map<RecordId, Explained> explain(List<Doubt> doubts) {
      Map<RecordId, Explained> explained = new HashMap<>();
      for (Doubt doubt : doubts) {
        Optional.ofNullable(known.get(doubt.difference().id()))
            .ifPresent(why -> explained.put(doubt.difference().id(), why));
      }
      return explained;
    }

    @Override
    public boolean notMirrored(long stamp) {
      return stamp >= offFrom && stamp < offTo;
    }

    @Override
    public boolean notMirrored(ComparisonWindow window) {
      return window.fromStamp() >= offFrom && window.toStamp() <= offTo;
    }
  }

  /** Keeps all in memory; its process may die at a call, before that did anything. */
  static final class MemoryLedger implements DifferenceLedger {

    final Map<RecordId, Difference> once = new TreeMap<>();
    final Map<RecordId, Believed> believed = new TreeMap<>();
    final Map<RecordId, Planted> plants = new TreeMap<>();
    @Nullable TableProgress progress;
    int calls;
    int dies = Integer.MAX_VALUE;

    @Override
    public void begin(String table, List<Plant> planted, TableProgress begun) {
      call();
      planted.forEach(one -> plants.put(one.id(), new Planted(one, Plant.Outcome.PLANTED)));
      progress = begun;
    }

    @Override
    public List<Planted> plants(String table) {
      return List.copyOf(plants.values());
    }

    @Override
    public @Nullable TableProgress progress(String table) {
      return progress;
    }

    @Override
    public void found(
        String table,
        List<Difference> found,
        Map<RecordId, Plant.Outcome> outcomes,
        TableProgress now) {
      call();
      found.forEach(one -> once.put(one.id(), one));
      judged(table, outcomes);
      progress = now;
    }

    @Override
    public void judged(String table, Map<RecordId, Plant.Outcome> outcomes) {
      outcomes.forEach(
          (id, outcome) ->
              plants.computeIfPresent(id, (of, one) -> new Planted(one.plant(), outcome)));
    }

    @Override
    public List<RecordId> lookedAtOnce(String table, @Nullable RecordId after, int limit) {
      return new TreeSet<>(once.keySet())
          .stream().filter(id -> after == null || id.compareTo(after) > 0).limit(limit).toList();
    }

    @Override
    public void believe(
        String table, Set<RecordId> agreed, List<Believed> differing, TableProgress now) {
      call();
      agreed.forEach(once::remove);
      for (Believed one : differing) {
        once.remove(one.difference().id());
        believed.put(one.difference().id(), one);
      }
      progress = now;
    }

    private void call() {
      if (++calls == dies) {
        throw new IllegalStateException("the process dies here");
      }
    }
  }
}
