package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.TestOutputs;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Routers stamp records by clocks of their own; none may be compared before it has written. */
class WrittenUntilIT {

  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private final TestOutputs outputs = new TestOutputs();
  private final WrittenUntil writtenUntil = WrittenUntil.reported(outputs.control(), SETTLE);

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void nobodyKnowsWithoutARouter() {
    assertThat(writtenUntil.now()).isEmpty();
    report("gone", NOON, "CURRENT_TIMESTAMP(3) - INTERVAL 1 MINUTE");
    assertThat(writtenUntil.now()).isEmpty();
  }

  @Test
  void theClockThatIsFurthestBehindCounts() {
    report("ahead", NOON.plusSeconds(90), "CURRENT_TIMESTAMP(3)");
    report("behind", NOON.minusSeconds(90), "CURRENT_TIMESTAMP(3)");
    assertThat(writtenUntil.now()).contains(NOON.minusSeconds(90).minus(SETTLE));
  }

  @Test
  void oneRouterThatDoesNotKnowIsEnough() {
    report("knows", NOON, "CURRENT_TIMESTAMP(3)");
    report("does not", null, "CURRENT_TIMESTAMP(3)");
    assertThat(writtenUntil.now()).isEmpty();
  }

  private void report(String instance, @Nullable Instant until, String seen) {
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO router_instance (instance, seen_at, version, held_health, held_device,"
            + " held_event, written_until) VALUES ('%s', %s, 1, 0, 0, 0, %s)"
                .formatted(
                    instance,
                    seen,
                    until == null
                        ? "NULL"
                        : "'" + LocalDateTime.ofInstant(until, ZoneOffset.UTC) + "'"));
  }
}
