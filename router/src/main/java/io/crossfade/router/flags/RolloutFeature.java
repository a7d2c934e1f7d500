package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.db.control.FlagSwitches;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.togglz.core.Feature;
import org.togglz.core.repository.FeatureState;

/**
 * Two switches per kind: which devices the stream serves, and whether the other path gets a copy.
 *
 * @param ofStream whether it is the first of the two
 */
public record RolloutFeature(String name, Kind kind, boolean ofStream) implements Feature {

  public static final RolloutFeature HEALTH_STREAM = stream(Kind.HEALTH);
  public static final RolloutFeature HEALTH_DUAL_WRITE = dualWrite(Kind.HEALTH);
  public static final RolloutFeature DEVICE_STREAM = stream(Kind.DEVICE);
  public static final RolloutFeature EVENT_STREAM = stream(Kind.EVENT);
  public static final RolloutFeature EVENT_DUAL_WRITE = dualWrite(Kind.EVENT);

  /** Those of all kinds. */
  static List<RolloutFeature> values() {
    return Kind.all().stream().flatMap(kind -> Stream.of(stream(kind), dualWrite(kind))).toList();
  }

  /** A feature by its name; empty when this process has none of that name. */
  static Optional<RolloutFeature> named(String name) {
    return values().stream().filter(feature -> feature.name().equals(name)).findFirst();
  }

  /**
   * A feature by its name.
   *
   * @throws IllegalArgumentException when this process has none of that name
   */
  static RolloutFeature valueOf(String name) {
    return named(name)
        .orElseThrow(() -> new IllegalArgumentException("There is no feature " + name));
  }

  static RolloutFeature stream(Kind kind) {
    return new RolloutFeature(FlagSwitches.stream(kind), kind, true);
  }

  static RolloutFeature dualWrite(Kind kind) {
    return new RolloutFeature(FlagSwitches.dualWrite(kind), kind, false);
  }

  /** What it switches, as Togglz shows it. */
  String label() {
    return kind.label() + (ofStream ? ": devices that the stream serves" : ": dual write");
  }

  @Override
  public String toString() {
    return name;
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
    boolean stream = valueOf(state.getFeature().name()).ofStream;
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
