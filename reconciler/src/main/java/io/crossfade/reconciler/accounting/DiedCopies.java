package io.crossfade.reconciler.accounting;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.reconciler.explain.DualWriteHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * Notes what a router that died could not say any more: copies that were on their way to the other
 * path, and uploads that one path had taken and of which the router had noted nothing yet. A router
 * that lives notes each record, as taken or as dropped. Some may be on both paths all the same.
 */
final class DiedCopies {

  /** Longer than a record is on its way: by default the stream's path waits a second for Redis. */
  private static final Duration UNDECIDED = Duration.ofSeconds(10);

  private static final int NODES = 1 << AcceptanceStamp.NODE_BITS;

  private final DataSource control;
  private final DataSource legacy;
  private final DataSource stream;
  private final DroppedMirrors dropped;

  /**
   * @param control where flags, their changes and the notes are
   */
  DiedCopies(DataSource control, DataSource legacy, DataSource stream) {
    this.control = control;
    this.legacy = legacy;
    this.stream = stream;
    this.dropped = new DroppedMirrors(control);
  }

  /**
   * What a process noted in its last seconds.
   *
   * @param node of its stamps
   * @param noted by path, what that path had taken
   */
  record LastSeconds(
      long sinceStamp,
      long untilStamp,
      long node,
      Map<DeliveryPath, Map<RecordId, JournalSegment.Entry>> noted) {

    boolean has(DeliveryPath path, RecordId id) {
      return noted.getOrDefault(path, Map.of()).containsKey(id);
    }
  }

  /**
   * Reads a process's last seconds; empty when it left no acceptance.
   *
   * @param segments all that it left; none is written to any more
   * @param decidedUntil when all before was known to be written; at {@link Instant#MIN} unknown
   */
  static Optional<LastSeconds> lastSeconds(List<Path> segments, Instant decidedUntil)
      throws IOException {
    Instant end = Instant.EPOCH;
    for (Path segment : segments) {
      Instant last = JournalSegment.read(segment).last();
      end = last.isAfter(end) ? last : end;
    }
    if (end.equals(Instant.EPOCH)) {
      return Optional.empty();
    }
    Instant from = end.minus(UNDECIDED);
    long since = AcceptanceStamp.floor(from.isBefore(decidedUntil) ? decidedUntil : from);
    Map<DeliveryPath, Map<RecordId, JournalSegment.Entry>> noted =
        new EnumMap<>(DeliveryPath.class);
    AtomicLong node = new AtomicLong();
    for (Path segment : segments) {
      JournalSegment.read(
          segment,
          entry -> {
            node.set(entry.stamp() % NODES);
            if (entry.stamp() >= since) {
              noted.computeIfAbsent(entry.path(), path -> new HashMap<>()).put(entry.id(), entry);
            }
          });
    }
    long until = AcceptanceStamp.floor(end.plus(UNDECIDED));
    return Optional.of(new LastSeconds(since, until, node.get(), noted));
  }

  /**
   * Notes what is in one path's notes, or in one output, and not in the other path's notes; once
   * more while rows may still come.
   */
  void note(LastSeconds last) throws SQLException {
    for (Kind kind : Kind.values()) {
      DualWriteHistory history = DualWriteHistory.read(control, kind);
      for (DeliveryPath path : DeliveryPath.values()) {
        Map<RecordId, Long> had = new HashMap<>();
        last.noted()
            .getOrDefault(path, Map.of())
            .values()
            .forEach(
                entry -> {
                  if (entry.kind().equals(kind)) {
                    had.put(entry.id(), entry.stamp());
                  }
                });
        scan(kind, path)
            .stamps(
                last.sinceStamp(),
                last.untilStamp(),
                (stamp, id) -> {
                  if (stamp % NODES == last.node()) {
                    had.put(id, stamp);
                  }
                });
        List<Acceptance> died = new ArrayList<>();
        had.forEach(
            (id, stamp) -> {
              if (!last.has(path.other(), id) && history.onAt(AcceptanceStamp.instantOf(stamp))) {
                died.add(new Acceptance(id, stamp, RouteReason.MIRROR));
              }
            });
        dropped.keep(path.other(), died);
      }
    }
  }

  private OutputScan scan(Kind kind, DeliveryPath path) {
    return new OutputScan(
        path == DeliveryPath.LEGACY ? legacy : stream, OutputTables.of(kind).getFirst());
  }
}
