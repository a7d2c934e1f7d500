package io.crossfade.reconciler;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.DroppedMirrors;
import io.crossfade.db.OutputScan;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Why an output lacks a row or holds another: the stream was unavailable and the memory queue took
 * over, or the mirror could not deliver its copy.
 */
final class Explanations {

  private final DroppedMirrors dropped;

  Explanations(DroppedMirrors dropped) {
    this.dropped = dropped;
  }

  /**
   * Which of these rows have an explanation.
   *
   * @param without the output that lacks them
   * @param other the one that has them
   */
  Set<RecordId> ofMissing(DeliveryPath without, OutputScan other, Collection<RecordId> ids)
      throws SQLException {
    Set<RecordId> explained = new HashSet<>(dropped.among(without, ids));
    if (without == DeliveryPath.STREAM) {
      explained.addAll(other.because(RouteReason.STREAM_UNAVAILABLE, ids));
    }
    return explained;
  }

  /** Which of these rows, that both outputs have, have an explanation for their difference. */
  Set<RecordId> ofDiffering(OutputScan legacy, Collection<RecordId> ids) throws SQLException {
    Set<RecordId> explained = ofMissing(DeliveryPath.STREAM, legacy, ids);
    explained.addAll(dropped.among(DeliveryPath.LEGACY, ids));
    return explained;
  }
}
