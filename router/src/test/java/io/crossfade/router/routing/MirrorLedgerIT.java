package io.crossfade.router.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.process.Loops;
import io.crossfade.router.RouterMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Notes of what a path has not got, while the control schema is away and when it is back. */
class MirrorLedgerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What waits at most, and what a step may have in hand beside it. */
  private static final int ROOM = 100_000;

  private static final int IN_HAND = 1_001;

  private final CutLink link = new CutLink(TestDatabase.port());
  private final TestOutputs outputs = new TestOutputs(TestDatabase.newSchemasBehind(link));
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final DroppedMirrors dropped = new DroppedMirrors(outputs.control());
  private final RefusedRecords refused = new RefusedRecords(outputs.control());
  private final MirrorLedger ledger = new MirrorLedger(dropped, refused, meters, new Loops(meters));

  @AfterEach
  void close() throws IOException {
    link.mend();
    ledger.close();
    outputs.close();
    link.close();
  }

  @Test
  void whatCannotBeKeptNowIsKeptLaterEachOfItsPath() throws Exception {
    assertThat(ledger.settled()).isTrue();
    assertThat(ledger.left()).isEmpty();
    AcceptedRecord copy = SampleRecords.health("COPY", 1);
    AcceptedRecord other = SampleRecords.health("COPY", 2);
    AcceptedRecord full = SampleRecords.event("FULL", 3, true);
    link.cut();
    ledger.dropped(DeliveryPath.STREAM, List.of(copy));
    ledger.dropped(DeliveryPath.LEGACY, List.of(other));
    ledger.refused(DeliveryPath.LEGACY, List.of(full));
    assertThat(ledger.settled()).isFalse();
    assertThat(ledger.left()).containsExactly("3 dropped or refused records that stay unexplained");

    link.mend();
    await().atMost(PATIENCE).until(ledger::settled);
    assertThat(ledger.left()).isEmpty();
    assertThat(dropped.among(DeliveryPath.STREAM, ids(copy, other, full)))
        .containsOnlyKeys(copy.acceptance().id());
    assertThat(dropped.among(DeliveryPath.LEGACY, ids(copy, other, full)))
        .containsOnlyKeys(other.acceptance().id());
    assertThat(refused.among(DeliveryPath.LEGACY, ids(copy, other, full)))
        .containsOnlyKeys(full.acceptance().id());
    assertThat(refused.among(DeliveryPath.STREAM, ids(copy, other, full))).isEmpty();
  }

  /** The mirror costs the serving path nothing, memory neither. */
  @Test
  void whatFindsNoRoomIsCountedAndDelaysNobody() {
    int noted = ROOM + 2 * IN_HAND;
    link.cut();
    ledger.dropped(
        DeliveryPath.STREAM, Collections.nCopies(noted, SampleRecords.health("MANY", 1)));
    double forgotten = meters.get(RouterMeter.MIRROR_FORGOTTEN.id()).counter().count();
    assertThat(forgotten).isBetween((double) IN_HAND, 2.0 * IN_HAND);
    assertThat(ledger.left())
        .containsExactly(
            "%d dropped or refused records that stay unexplained"
                .formatted(noted - (int) forgotten));
    link.mend();
    await().atMost(PATIENCE).until(ledger::settled);
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM dropped_mirror"))
        .as("of one record, which is noted once")
        .isEqualTo(1);
  }

  @Test
  void whatIsNotedLastIsKeptByTheStop() {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < 2 * IN_HAND; second++) {
      records.add(SampleRecords.health("LAST", second));
    }
    ledger.dropped(DeliveryPath.LEGACY, records);
    ledger.close();
    assertThat(ledger.settled()).isTrue();
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM dropped_mirror"))
        .isEqualTo(records.size());
  }

  private static Set<RecordId> ids(AcceptedRecord... records) {
    return Arrays.stream(records)
        .map(accepted -> accepted.acceptance().id())
        .collect(Collectors.toSet());
  }
}
