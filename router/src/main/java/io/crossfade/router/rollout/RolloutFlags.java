package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.routing.Assignment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.togglz.core.manager.FeatureManager;

/**
 * What the flags say, read a few times a second and kept in between. Never fails a request: when
 * they cannot be read, the last known state counts.
 */
public final class RolloutFlags {

  private static final Logger log = LoggerFactory.getLogger(RolloutFlags.class);
  private static final long FRESH_NANOS = Duration.ofMillis(200).toNanos();

  private record Snapshot(Set<RolloutFeature> active, long readAt) {}

  private final FeatureManager features;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Snapshot snapshot;

  public RolloutFlags(FeatureManager features) {
    this.features = features;
    this.snapshot = new Snapshot(EnumSet.noneOf(RolloutFeature.class), System.nanoTime());
    read();
  }

  /**
   * What the flags say of a kind.
   *
   * @param optIn whether the client asked for the stream
   */
  public Assignment assignment(Kind kind, boolean optIn) {
    if (System.nanoTime() - snapshot.readAt() > FRESH_NANOS && reading.tryLock()) {
      try {
        read();
      } finally {
        reading.unlock();
      }
    }
    Set<RolloutFeature> active = snapshot.active();
    return Assignment.of(
        optIn || active.contains(RolloutFeature.stream(kind)),
        active.contains(RolloutFeature.dualWrite(kind)));
  }

  private void read() {
    Set<RolloutFeature> active = EnumSet.noneOf(RolloutFeature.class);
    try {
      for (RolloutFeature feature : RolloutFeature.values()) {
        if (features.isActive(feature)) {
          active.add(feature);
        }
      }
    } catch (RuntimeException e) {
      active = snapshot.active();
      log.warn("Cannot read the flags: {}; they stay {}", e.getMessage(), active);
    }
    snapshot = new Snapshot(active, System.nanoTime());
  }
}
