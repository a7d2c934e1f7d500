package io.crossfade.router.flags;

import io.crossfade.router.process.Degraded;
import java.util.List;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Where the flags come from, since when, and which of their rows cannot be used. Degraded while
 * that is not simply "all of them, from the database, just now"; in no probe, for devices are
 * served.
 */
public final class FlagHealth implements HealthIndicator {

  private final RolloutFlags flags;

  public FlagHealth(RolloutFlags flags) {
    this.flags = flags;
  }

  @Override
  public Health health() {
    RolloutState state = flags.state();
    List<String> aside = state.aside().stream().map(Aside::toString).toList();
    Health.Builder health =
        flags.readable() && aside.isEmpty() && flags.keepable() && !flags.overridden()
            ? Health.up()
            : Health.status(Degraded.STATUS);
    health
        .withDetail("version", state.version())
        .withDetail("source", flags.source())
        .withDetail("readable", flags.readable());
    flags.asOf().ifPresent(then -> health.withDetail("asOf", then.toString()));
    if (flags.overridden()) {
      health.withDetail("waitToBeStored", flags.waiting().size());
    }
    if (!flags.keepable()) {
      health.withDetail("onDisk", false);
    }
    if (!aside.isEmpty()) {
      health.withDetail("aside", aside);
    }
    return health.build();
  }
}
