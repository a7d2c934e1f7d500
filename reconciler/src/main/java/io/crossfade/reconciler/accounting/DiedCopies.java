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

  /**
   * The segment that was written, the one before, in which a copy of its first moments may be, and
   * one that was made ahead and is empty. A copy is decided in less time than fills a segment.
   */
  private static final int NEWEST = 3;

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
   * Notes those that the newest segments of a process show.
   *
   * @param segments all that it left, oldest first; none is written to any more
   */
  void note(List<Path> segments) throws IOException, SQLException {
    Map<RecordId, JournalSegment.Entry> legacy = new HashMap<>();
    Set<RecordId> stream = new HashSet<>();
    for (Path segment : segments.subList(Math.max(0, segments.size() - NEWEST), segments.size())) {
      JournalSegment.read(
          segment,
          entry -> {
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
