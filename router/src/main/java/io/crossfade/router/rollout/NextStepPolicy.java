package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.DeviceCohortStrategy;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.gates.GateForecast;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GatePolicy.Promotion;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.operator.RefusedException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says of a kind's next step along the plan whether a person may take it now: exactly when the
 * change would be made. Pure.
 */
final class NextStepPolicy {

  /** Where the plan has no step that is a canary. */
  private static final BigDecimal FIRST_CANARY = BigDecimal.TEN;

  /** What makes a canary all but live. */
  private static final KnownDevices.Moves ALL_KNOWN = new KnownDevices.Moves(1, 0, 1, 1);

  private final GatePolicy gates;
  private final GateForecast forecast;
  private final List<BigDecimal> plan;

  NextStepPolicy(GatePolicy gates, List<BigDecimal> plan) {
    this.gates = gates;
    this.forecast = new GateForecast(gates);
    this.plan = plan;
  }

  /**
   * The change that comes next; empty when there is none.
   *
   * @param version of the flags
   */
  Optional<StageChange> change(Kind kind, KindFlags now, long version) {
    int share = now.cohort().basisPoints();
    BigDecimal larger = next(share);
    return switch (now.stage()) {
      case LEGACY -> Optional.of(to(kind, Stage.SHADOW, null, version));
      case SHADOW ->
          Optional.of(to(kind, Stage.CANARY, larger == null ? FIRST_CANARY : larger, version));
      case CANARY ->
          Optional.of(to(kind, larger == null ? Stage.LIVE : Stage.CANARY, larger, version));
      case LIVE -> Optional.of(to(kind, Stage.COMPLETE, null, version));
      case COMPLETE -> Optional.empty();
      // As many as now, and copies again.
      case NONE -> Optional.of(to(kind, Stage.CANARY, null, version));
    };
  }

  /** The flags after the change that comes next; empty when there is none. */
  Optional<KindFlags> target(Kind kind, KindFlags now) {
    Optional<StageChange> change = change(kind, now, 0);
    try {
      return change.isEmpty() ? Optional.empty() : Optional.of(change.get().from(now));
    } catch (RefusedException e) {
      throw new IllegalStateException("No step of the plan leads on from " + now, e);
    }
  }

  private static StageChange to(
      Kind kind, Stage stage, @Nullable BigDecimal percentage, long version) {
    return StageChange.to(kind, stage, percentage, "next step", version);
  }

  /** The first canary of the plan that is larger; {@code null} when there is none. */
  private @Nullable BigDecimal next(int basisPoints) {
    for (BigDecimal step : plan) {
      int points = DeviceCohortStrategy.basisPoints(step);
      if (points > basisPoints && points < Cohort.ALL) {
        return step;
      }
    }
    return null;
  }

  /**
   * Decides.
   *
   * @param figures since the flags became what they are
   * @param moves asked only where something depends on it
   */
  NextStep decide(Kind kind, KindFlags now, GateEvidence figures, Counting moves) {
    Optional<KindFlags> target = target(kind, now);
    if (target.isEmpty()) {
      return new NextStep.Done();
    }
    KindFlags to = target.get();
    Optional<Promotion> promotion = StagePolicy.promotion(now, to);
    if (promotion.isEmpty()) {
      return new NextStep.Ready(to);
    }
    if (StagePolicy.gates(promotion.get(), null)
        .equals(StagePolicy.gates(promotion.get(), ALL_KNOWN))) {
      return decide(to, promotion.get().gates(), figures);
    }
    NextStep some = decide(to, StagePolicy.gates(promotion.get(), null), figures);
    if (some instanceof NextStep.Blocked blocked && blocked.by().verdict() == Verdict.FAIL) {
      return some;
    }
    NextStep all = decide(to, StagePolicy.gates(promotion.get(), ALL_KNOWN), figures);
    if (some.equals(all)) {
      return some;
    }
    return switch (moves.of(to)) {
      case Count.Underway underway -> new NextStep.Counting(to);
      case Count.Made made -> decide(to, StagePolicy.gates(promotion.get(), made.moves()), figures);
    };
  }

  /** The devices that a change moves. */
  sealed interface Count {

    /** They are being counted. */
    record Underway() implements Count {}

    /**
     * They were counted.
     *
     * @param moves {@code null} when they cannot be counted
     */
    record Made(KnownDevices.@Nullable Moves moves) implements Count {}
  }

  /** Counts the devices that a change to these flags moves. */
  interface Counting {
    Count of(KindFlags to);
  }

  private NextStep decide(KindFlags to, List<Gate> asked, GateEvidence figures) {
    List<GateResult> open =
        gates.judge(asked, figures).stream().filter(GateResult::blocks).toList();
    if (open.isEmpty()) {
      return new NextStep.Ready(to);
    }
    for (GateResult result : open) {
      if (result.verdict() == Verdict.FAIL) {
        return new NextStep.Blocked(to, result);
      }
    }
    Gate last = open.getFirst().gate();
    Duration longest = Duration.ZERO;
    for (GateResult result : open) {
      Optional<Duration> wait = forecast.untilItPasses(result.gate(), figures);
      if (wait.isEmpty()) {
        return new NextStep.Blocked(to, result);
      }
      if (wait.get().compareTo(longest) > 0) {
        longest = wait.get();
        last = result.gate();
      }
    }
    return last == Gate.SOAK
        ? new NextStep.Waits(to, figures.at().plus(longest))
        : new NextStep.NeedsRows(to, last, forecast.rows(figures, longest), longest);
  }
}
