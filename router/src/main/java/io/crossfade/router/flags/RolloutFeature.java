package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.db.control.FlagSwitches;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.togglz.core.Feature;
import org.togglz.core.annotation.Label;
import org.togglz.core.repository.FeatureState;

/**
 * Two switches per kind: which devices the stream serves, and whether the other path gets a copy.
 */
public enum RolloutFeature implements Feature {
  @Label("Health data: devices that the stream serves")
  HEALTH_STREAM,
  @Label("Health data: dual write")
  HEALTH_DUAL_WRITE,
  @Label("Device info: devices that the stream serves")
  DEVICE_STREAM,
  @Label("Device info: dual write")
  DEVICE_DUAL_WRITE,
  @Label("Common events: devices that the stream serves")
  EVENT_STREAM,
  @Label("Common events: dual write")
  EVENT_DUAL_WRITE;

  /** A feature by its name; empty when this release has none of that name. */
  static Optional<RolloutFeature> named(String name) {
    return Arrays.stream(values()).filter(feature -> feature.name().equals(name)).findFirst();
  }

  static RolloutFeature stream(Kind kind) {
    return valueOf(FlagSwitches.stream(kind));
  }

  static RolloutFeature dualWrite(Kind kind) {
    return valueOf(FlagSwitches.dualWrite(kind));
  }

  Kind kind() {
    return Arrays.stream(Kind.values())
        .filter(kind -> this == stream(kind) || this == dualWrite(kind))
        .findFirst()
        .orElseThrow();
  }

  /** The two switches of a kind, as Togglz keeps them. */
  static List<FeatureState> states(Kind kind, KindFlags flags) {
    FeatureState stream =
        new FeatureState(stream(kind), !flags.cohort().nobody())
            .setStrategyId(DeviceCohortStrategy.ID);
    DeviceCohortStrategy.parameters(flags.cohort()).forEach(stream::setParameter);
    return List.of(stream, new FeatureState(dualWrite(kind), flags.dualWrite()));
  }

  /**
   * What the two switches of a kind say; one that was never set is off.
   *
   * @throws IllegalArgumentException when one has a strategy other than ours, or bad parameters
   */
  static KindFlags flags(@Nullable FeatureState stream, @Nullable FeatureState dualWrite) {
    return new KindFlags(cohort(stream), dualWrite != null && plain(dualWrite).isEnabled());
  }

  /**
   * Whether a switch can be used, by itself.
   *
   * @throws IllegalArgumentException when it cannot, and why
   */
  static void check(FeatureState state) {
    boolean stream = state.getFeature() == stream(valueOf(state.getFeature().name()).kind());
    flags(stream ? state : null, stream ? null : state);
  }

  /** A strategy that a switch has and the router does not know. */
  static Optional<String> foreignStrategy(FeatureState state) {
    return Optional.ofNullable(state.getStrategyId())
        .filter(strategy -> !strategy.isBlank() && !strategy.equals(DeviceCohortStrategy.ID));
  }

  private static Cohort cohort(@Nullable FeatureState stream) {
    if (stream == null || !stream.isEnabled()) {
      return Cohort.NOBODY;
    }
    return DeviceCohortStrategy.ID.equals(stream.getStrategyId())
        ? DeviceCohortStrategy.cohort(stream.getParameterMap())
        : plain(stream).isEnabled() ? Cohort.EVERYBODY : Cohort.NOBODY;
  }

  private static FeatureState plain(FeatureState state) {
    String strategy = state.getStrategyId();
    if (state.isEnabled() && strategy != null && !strategy.isBlank()) {
      throw new IllegalArgumentException(
          "%s cannot use the strategy %s; only a stream switch can use %s"
              .formatted(state.getFeature().name(), strategy, DeviceCohortStrategy.ID));
    }
    return state;
  }
}
