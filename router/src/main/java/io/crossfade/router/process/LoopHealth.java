package io.crossfade.router.process;

import io.crossfade.db.process.LoopReport;
import io.crossfade.db.process.Loops;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;

/**
 * Down when a loop is dead or silent, degraded while one fails; names each that is. In no probe: a
 * restart would lose what the memory queue holds, and devices are served all the same.
 */
final class LoopHealth implements HealthIndicator {

  private final Loops loops;

  LoopHealth(Loops loops) {
    this.loops = loops;
  }

  @Override
  public Health health() {
    Health.Builder health = Health.up();
    boolean dead = false;
    for (LoopReport loop : loops.reports()) {
      if (loop.state() != LoopReport.State.ALIVE) {
        dead |= !loop.state().alive();
        health
            .status(dead ? Status.DOWN : Degraded.STATUS)
            .withDetail(loop.thread(), described(loop));
      }
    }
    return health.build();
  }

  private static String described(LoopReport loop) {
    return "%s since %d s, %d failures in a row%s"
        .formatted(
            loop.state(),
            loop.silent().toSeconds(),
            loop.failures(),
            loop.lastFailure() == null ? "" : ", the last: " + loop.lastFailure());
  }
}
