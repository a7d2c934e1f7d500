package io.crossfade.router;

import io.crossfade.db.DatabaseState;
import io.crossfade.db.Databases;
import io.crossfade.router.intake.NodeLease;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Which databases answer, and whether this router has what it needs to accept: out of service while
 * something is missing that was never there since the start, down while a database that was there
 * does not answer. In no probe: a restart would not help, and lose what the memory queue holds.
 */
final class StartHealth implements HealthIndicator {

  private final Databases databases;
  private final NodeLease node;

  StartHealth(Databases databases, NodeLease node) {
    this.databases = databases;
    this.node = node;
  }

  @Override
  public Health health() {
    Health.Builder health = Health.up().withDetail("node", node.standing());
    boolean missing = !node.had();
    for (DatabaseState state : databases.states()) {
      missing |= !state.opened();
      if (state.trouble() != null) {
        health.down();
      }
      health.withDetail(state.name(), described(state));
    }
    if (missing) {
      health.outOfService();
    }
    if (!databases.legacyOpened()) {
      health.withDetail(
          "memory queue",
          "takes copies, and no record that it would serve, until the legacy schema was seen");
    }
    return health.build();
  }

  private static String described(DatabaseState state) {
    if (state.trouble() == null) {
      return "%s answers, since %s".formatted(state.place(), state.since());
    }
    return state.opened()
        ? "%s does not answer since %s: %s".formatted(state.place(), state.since(), state.trouble())
        : "%s was not seen since the start, %s: %s"
            .formatted(state.place(), state.since(), state.trouble());
  }
}
