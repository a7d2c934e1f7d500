package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.routing.Assignment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.togglz.core.manager.FeatureManager;

/**
 * What the flags say, read a few times a second by a thread of its own: asking costs a request next
 * to nothing and never fails it. When they cannot be read, the last known state counts.
 */
public final class RolloutFlags implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RolloutFlags.class);
  private static final Duration READ_EVERY = Duration.ofMillis(200);

  private final FeatureManager features;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Set<RolloutFeature> active = EnumSet.noneOf(RolloutFeature.class);

  public RolloutFlags(FeatureManager features) {
    this.features = features;
    read();
    Thread.ofPlatform().name("rollout-flags").daemon(true).start(this::readUntilClosed);
  }

  /**
   * What the flags say of a kind.
   *
   * @param optIn whether the client asked for the stream
   */
  public Assignment assignment(Kind kind, boolean optIn) {
    Set<RolloutFeature> now = active;
    return Assignment.of(
        optIn || now.contains(RolloutFeature.stream(kind)),
        now.contains(RolloutFeature.dualWrite(kind)));
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void readUntilClosed() {
    try {
      while (!closed.await(READ_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
        read();
      }
    } catch (InterruptedException e) {
      log.debug("Flags are no longer read");
    }
  }

  private void read() {
    try {
      Set<RolloutFeature> read = EnumSet.noneOf(RolloutFeature.class);
      for (RolloutFeature feature : RolloutFeature.values()) {
        if (features.isActive(feature)) {
          read.add(feature);
        }
      }
      active = read;
    } catch (RuntimeException e) {
      log.warn("Cannot read the flags: {}; they stay {}", e.getMessage(), active);
    }
  }
}
