package io.crossfade.reconciler.accounting;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.DroppedMirrors;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.explain.DualWriteHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Notes copies that were on their way to the stream when their router died. A router that lives
 * notes each copy, as taken by the stream or as dropped; of these it could say neither. Some may be
 * in the stream all the same.
 */
final class DiedCopies {

  /** Longer than a copy is on its way: by default the stream's path waits a second for Redis. */
  private static final Duration UNDECIDED = Duration.ofSeconds(10);

  private final DataSource control;
  private final DroppedMirrors dropped;

  /**
   * @param control where flags, their changes and the notes are
   */
  DiedCopies(DataSource control) {
    this.control = control;
    this.dropped = new DroppedMirrors(control);
  }

  /**
   * Notes those of a process's last seconds.
   *
   * @param segments all that it left; none is written to any more
   */
  void note(List<Path> segments) throws IOException, SQLException {
    Instant end = Instant.EPOCH;
    for (Path segment : segments) {
      Instant last = Accountant.lastAcceptance(segment);
      end = last.isAfter(end) ? last : end;
    }
    long since = AcceptanceStamp.floor(end.minus(UNDECIDED));
    Map<RecordId, JournalSegment.Entry> legacy = new HashMap<>();
    Set<RecordId> stream = new HashSet<>();
    for (Path segment : segments) {
      JournalSegment.read(
          segment,
          entry -> {
            if (entry.stamp() < since) {
              return;
            }
            if (entry.path() == DeliveryPath.LEGACY) {
              legacy.put(entry.id(), entry);
            } else {
              stream.add(entry.id());
            }
          });
    }
    legacy.keySet().removeAll(stream);
    for (Kind kind : Kind.values()) {
      DualWriteHistory history = DualWriteHistory.read(control, kind);
      legacy
          .values()
          .removeIf(
              entry ->
                  entry.kind() == kind && !history.onAt(AcceptanceStamp.instantOf(entry.stamp())));
    }
    dropped.keep(DeliveryPath.STREAM, legacy.keySet());
  }
}
