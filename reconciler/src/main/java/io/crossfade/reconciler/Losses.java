package io.crossfade.reconciler;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** What comparing two outputs cannot see: records that are lost, and copies that were dropped. */
final class Losses {

  private static final int AT_ONCE = 500;

  /**
   * Records of a kind.
   *
   * @param lost that a path accepted and whose output has no row of them now
   * @param inNoOutput of those, how many the other output lacks, too
   */
  record Lost(long lost, long inNoOutput) {

    static final Lost NONE = new Lost(0, 0);
  }

  private final DataSource legacy;
  private final DataSource stream;
  private final LostRecords lost;
  private final DroppedMirrors dropped;

  Losses(DataSource control, DataSource legacy, DataSource stream) {
    this.legacy = legacy;
    this.stream = stream;
    this.lost = new LostRecords(control);
    this.dropped = new DroppedMirrors(control);
  }

  /** Of what was accepted in a window, as the journals tell by now. */
  Lost of(Kind kind, ComparisonWindow window) throws SQLException {
    OutputTable<?> table = OutputTables.of(kind).getFirst();
    OutputScan left = new OutputScan(legacy, table);
    OutputScan right = new OutputScan(stream, table);
    long missing = 0;
    long nowhere = 0;
    RecordId after = null;
    Map<RecordId, Set<DeliveryPath>> some;
    do {
      some = lost.between(kind, window.from(), window.to(), after, AT_ONCE);
      List<RecordId> ids = List.copyOf(some.keySet());
      if (!ids.isEmpty()) {
        after = ids.getLast();
        Set<RecordId> inLegacy = left.find(ids).keySet();
        Set<RecordId> inStream = right.find(ids).keySet();
        for (Map.Entry<RecordId, Set<DeliveryPath>> one : some.entrySet()) {
          boolean legacyHas = inLegacy.contains(one.getKey());
          boolean streamHas = inStream.contains(one.getKey());
          boolean gone =
              one.getValue().stream()
                  .anyMatch(path -> path == DeliveryPath.LEGACY ? !legacyHas : !streamHas);
          missing += gone ? 1 : 0;
          nowhere += legacyHas || streamHas ? 0 : 1;
        }
      }
    } while (some.size() == AT_ONCE);
    return new Lost(missing, nowhere);
  }

  /** Copies noted as dropped while a window was accepted, of all kinds. */
  long droppedCopies(ComparisonWindow window) throws SQLException {
    return dropped.count(window.from(), window.to());
  }
}
