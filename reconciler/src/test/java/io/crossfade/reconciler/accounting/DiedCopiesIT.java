package io.crossfade.reconciler.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DroppedMirrors;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiedCopiesIT {

  private static final int ROOM = 64;
  private static final long SECOND = AcceptanceStamp.floor(Instant.ofEpochSecond(1));

  @TempDir private Path directory;
  private int number;

  @Test
  void onlyWhatWasToBeCopiedAndIsInNeitherNoteDied() throws Exception {
    AcceptedRecord copied = SampleRecords.event("DIED", 1, false);
    AcceptedRecord copiedLater = SampleRecords.event("DIED", 2, false);
    AcceptedRecord died = SampleRecords.event("DIED", 3, false);
    AcceptedRecord diedBefore = SampleRecords.event("DIED", 7, false);
    AcceptedRecord served = SampleRecords.event("DIED", 4, false);
    AcceptedRecord notToBeCopied = SampleRecords.health("DIED", 5);
    AcceptedRecord ofUnknownFlags =
        new SampleRecords(6)
            .crowded(100).stream()
                .filter(accepted -> accepted.kind() == Kind.DEVICE)
                .findFirst()
                .orElseThrow();
    AcceptedRecord decidedLongAgo = SampleRecords.event("DIED", 8, false);
    JournalSegment oldest = segment();
    add(oldest, DeliveryPath.LEGACY, decidedLongAgo, 11 * SECOND);
    JournalSegment older = segment();
    add(older, DeliveryPath.LEGACY, diedBefore, 9 * SECOND);
    note(older, DeliveryPath.LEGACY, copied, copiedLater, notToBeCopied, ofUnknownFlags);
    note(older, DeliveryPath.STREAM, copied);
    JournalSegment newer = segment();
    note(newer, DeliveryPath.STREAM, copiedLater, served);
    note(newer, DeliveryPath.LEGACY, served, died);
    JournalSegment madeAhead = segment();
    try (TestOutputs outputs = new TestOutputs()) {
      TestOutputs.update(
          outputs.control(),
          "INSERT INTO rollout_flag VALUES ('EVENT_DUAL_WRITE', TRUE, NULL, ''),"
              + " ('HEALTH_DUAL_WRITE', FALSE, NULL, '')");
      new DiedCopies(outputs.control(), outputs.legacy(), outputs.stream())
          .note(
              DiedCopies.lastSeconds(
                      List.of(oldest.file(), older.file(), newer.file(), madeAhead.file()),
                      Instant.MIN)
                  .orElseThrow());
      List<RecordId> all =
          List.of(
                  copied,
                  copiedLater,
                  died,
                  diedBefore,
                  decidedLongAgo,
                  served,
                  notToBeCopied,
                  ofUnknownFlags)
              .stream()
              .map(accepted -> accepted.acceptance().id())
              .toList();
      DroppedMirrors dropped = new DroppedMirrors(outputs.control());
      assertThat(dropped.among(DeliveryPath.STREAM, all).keySet())
          .containsExactlyInAnyOrder(died.acceptance().id(), diedBefore.acceptance().id());
      assertThat(dropped.among(DeliveryPath.LEGACY, all)).isEmpty();
    }
  }

  private JournalSegment segment() throws Exception {
    return JournalSegment.create(directory.resolve(++number + JournalDirectory.SUFFIX), ROOM, null);
  }

  private static void note(JournalSegment segment, DeliveryPath path, AcceptedRecord... records) {
    for (AcceptedRecord accepted : records) {
      add(segment, path, accepted, 0);
    }
  }

  private static void add(
      JournalSegment segment, DeliveryPath path, AcceptedRecord accepted, long earlier) {
    long stamp = accepted.acceptance().stamp() - earlier;
    assertThat(segment.add(accepted.kind(), path, stamp, accepted.acceptance().id())).isTrue();
  }
}
