package io.crossfade.router.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a device that a rollback concerns was first served so. */
class RollbackWatchTest {

  private static final AcceptedRecord MEMBER = SampleRecords.event("DEV1", 1, false);
  private static final AcceptedRecord OTHER = SampleRecords.event("DEV2", 1, false);
  private static final KindFlags ONE_DEVICE =
      new KindFlags(new Cohort(0, Set.of("DEV1"), Set.of(), Set.of(), Set.of()), true);

  private final RollbackWatch watch = new RollbackWatch();

  @Test
  void waitEndsWithADeviceThatTheStreamServedBefore() {
    RollbackWatch.Wait wait = watch.await(Map.of(Kind.EVENT, ONE_DEVICE));
    assertThat(wait.millis()).isEmpty();
    watch.servedByLegacy(List.of(OTHER, SampleRecords.health("DEV1", 1)), false);
    assertThat(wait.millis()).as("no such device, no such kind").isEmpty();
    watch.servedByLegacy(List.of(OTHER, MEMBER), false);
    assertThat(wait.millis()).isPresent();
    assertThat(wait.millis().getAsLong()).isBetween(0L, Duration.ofHours(1).toMillis());
    long first = wait.millis().getAsLong();
    watch.servedByLegacy(List.of(MEMBER), false);
    assertThat(wait.millis()).hasValue(first);
  }

  @Test
  void clientThatTheOptInServedIsOneToo() {
    RollbackWatch.Wait off = watch.await(Map.of(Kind.EVENT, ONE_DEVICE.withOptIn(false)));
    watch.servedByLegacy(List.of(OTHER), true);
    assertThat(off.millis()).as("what it asked for did not count").isEmpty();
    RollbackWatch.Wait on = watch.await(Map.of(Kind.EVENT, ONE_DEVICE));
    watch.servedByLegacy(List.of(OTHER), false);
    assertThat(on.millis()).isEmpty();
    watch.servedByLegacy(List.of(OTHER), true);
    assertThat(on.millis()).isPresent();
  }

  @Test
  void newWaitEndsTheOneBefore() {
    RollbackWatch.Wait first = watch.await(Map.of(Kind.EVENT, ONE_DEVICE));
    RollbackWatch.Wait second = watch.await(Map.of(Kind.EVENT, ONE_DEVICE));
    watch.servedByLegacy(List.of(MEMBER), false);
    assertThat(first.millis()).isEmpty();
    assertThat(second.millis()).isPresent();
  }
}
