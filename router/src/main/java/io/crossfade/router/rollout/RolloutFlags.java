package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.routing.Assignment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.togglz.core.manager.FeatureManager;

/**
 * Reads the flags. Never fails a request: when they cannot be read, the last known state counts.
 */
public final class RolloutFlags {

  private static final Logger log = LoggerFactory.getLogger(RolloutFlags.class);

  private final FeatureManager features;
  private final Map<RolloutFeature, Boolean> lastKnown = new ConcurrentHashMap<>();

  public RolloutFlags(FeatureManager features) {
    this.features = features;
  }

  /**
   * What the flags say of a kind.
   *
   * @param optIn whether the client asked for the stream
   */
  public Assignment assignment(Kind kind, boolean optIn) {
    boolean stream = optIn || active(RolloutFeature.stream(kind));
    return Assignment.of(stream, active(RolloutFeature.dualWrite(kind)));
  }

  private boolean active(RolloutFeature feature) {
    try {
      boolean active = features.isActive(feature);
      lastKnown.put(feature, active);
      return active;
    } catch (RuntimeException e) {
      boolean last = lastKnown.getOrDefault(feature, false);
      log.warn("Cannot read flag {}: {}; it stays {}", feature, e.getMessage(), last);
      return last;
    }
  }
}
