package io.crossfade.router.deadletters;

import io.crossfade.db.control.LetterQuota;
import io.crossfade.router.process.Degraded;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Degraded while letters find no room, and for ten minutes after. In no probe: devices are served
 * all the same.
 */
final class LetterHealth implements HealthIndicator {

  private static final Duration RECENT = Duration.ofMinutes(10);

  private final LetterQuota quota;
  private final InstantSource clock;

  LetterHealth(LetterQuota quota, InstantSource clock) {
    this.quota = quota;
    this.clock = clock;
  }

  @Override
  public Health health() {
    Health.Builder health = Health.up();
    for (LetterQuota.Standing of : quota.standings().values()) {
      Instant last = of.lastDropped();
      if (last != null) {
        health.withDetail(
            of.source().label(), "no room for %d, last at %s".formatted(of.dropped(), last));
        if (last.isAfter(clock.instant().minus(RECENT))) {
          health.status(Degraded.STATUS);
        }
      }
    }
    return health.build();
  }
}
