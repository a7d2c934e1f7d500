package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.db.control.FlagSwitches;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.togglz.core.Feature;
import org.togglz.core.repository.FeatureState;

/** Three switches per kind, each of which says one {@link Part} of its flags. */
public record RolloutFeature(String name, Kind kind, Part part) implements Feature {

  /** What a switch is of. */
  enum Part {
    STREAM("devices that the stream serves"),
    DUAL_WRITE("dual write"),
    OPT_IN("opt-in of clients of _v2 endpoints");

    private final String words;

    Part(String words) {
      this.words = words;
    }
  }

  public static final RolloutFeature HEALTH_STREAM = stream(Kind.HEALTH);
  public static final RolloutFeature HEALTH_DUAL_WRITE = dualWrite(Kind.HEALTH);
  public static final RolloutFeature HEALTH_OPT_IN = optIn(Kind.HEALTH);
  public static final RolloutFeature DEVICE_STREAM = stream(Kind.DEVICE);
  public static final RolloutFeature EVENT_STREAM = stream(Kind.EVENT);
  public static final RolloutFeature EVENT_DUAL_WRITE = dualWrite(Kind.EVENT);

  /** Those of all kinds. */
  static List<RolloutFeature> values() {
    return Kind.all().stream()
        .flatMap(kind -> Stream.of(stream(kind), dualWrite(kind), optIn(kind)))
        .toList();
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
    return new RolloutFeature(FlagSwitches.stream(kind), kind, Part.STREAM);
  }

  static RolloutFeature dualWrite(Kind kind) {
    return new RolloutFeature(FlagSwitches.dualWrite(kind), kind, Part.DUAL_WRITE);
  }

  static RolloutFeature optIn(Kind kind) {
    return new RolloutFeature(FlagSwitches.optIn(kind), kind, Part.OPT_IN);
  }

  /** How it is while nobody has set it. */
  boolean unset() {
    return part == Part.OPT_IN;
  }

  /** What it switches, as Togglz shows it. */
  String label() {
    return "%s: %s".formatted(kind.label(), part.words);
  }

  @Override
  public String toString() {
    return name;
  }

  /** The three switches of a kind, as Togglz keeps them. */
  static List<FeatureState> states(Kind kind, KindFlags flags) {
    FeatureState stream =
        new FeatureState(stream(kind), !flags.cohort().nobody())
            .setStrategyId(DeviceCohortStrategy.ID);
    DeviceCohortStrategy.parameters(flags.cohort()).forEach(stream::setParameter);
    return List.of(
        stream,
        new FeatureState(dualWrite(kind), flags.dualWrite()),
        new FeatureState(optIn(kind), flags.optIn()));
  }

  /**
   * What the three switches of a kind say; of those that were never set the first two are off, and
   * the opt-in is on.
   *
   * @throws IllegalArgumentException when one has a strategy other than ours, or bad parameters
   */
  static KindFlags flags(
      @Nullable FeatureState stream,
      @Nullable FeatureState dualWrite,
      @Nullable FeatureState optIn) {
    return new KindFlags(
        cohort(stream),
        dualWrite != null && plain(dualWrite).isEnabled(),
        optIn == null || plain(optIn).isEnabled());
  }

  /**
   * Whether a switch can be used, by itself.
   *
   * @throws IllegalArgumentException when it cannot, and why
   */
  static void check(FeatureState state) {
    switch (valueOf(state.getFeature().name()).part) {
      case STREAM -> cohort(state);
      case DUAL_WRITE, OPT_IN -> plain(state);
    }
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
