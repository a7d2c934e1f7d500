package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import org.togglz.core.Feature;
import org.togglz.core.annotation.Label;

/** Two switches per kind: who serves the v1 endpoints, and whether the other path gets a copy. */
public enum RolloutFeature implements Feature {
  @Label("Health data: the stream serves")
  HEALTH_STREAM,
  @Label("Health data: dual write")
  HEALTH_DUAL_WRITE,
  @Label("Device info: the stream serves")
  DEVICE_STREAM,
  @Label("Device info: dual write")
  DEVICE_DUAL_WRITE,
  @Label("Common events: the stream serves")
  EVENT_STREAM,
  @Label("Common events: dual write")
  EVENT_DUAL_WRITE;

  static RolloutFeature stream(Kind kind) {
    return switch (kind) {
      case HEALTH -> HEALTH_STREAM;
      case DEVICE -> DEVICE_STREAM;
      case EVENT -> EVENT_STREAM;
    };
  }

  static RolloutFeature dualWrite(Kind kind) {
    return switch (kind) {
      case HEALTH -> HEALTH_DUAL_WRITE;
      case DEVICE -> DEVICE_DUAL_WRITE;
      case EVENT -> EVENT_DUAL_WRITE;
    };
  }
}
