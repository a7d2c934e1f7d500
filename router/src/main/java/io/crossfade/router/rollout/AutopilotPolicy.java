package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.DeviceCohortStrategy;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GatePolicy.Promotion;
import io.crossfade.router.gates.GateResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a kind does without a person: back when a guarding gate fails, a step forward along
 * the plan only while all gates pass, else nothing. Pure: the caller has the figures.
 */
final class AutopilotPolicy {

  /** What a kind does. */
  sealed interface Decision {}

  /** Nothing. */
  record Stay() implements Decision {}

  /**
   * Back.
   *
   * @param to its flags from then on; the opt-in is off, as after any rollback
   * @param failed the gates that say so
   */
  record Back(KindFlags to, List<GateResult> failed, GateEvidence figures) implements Decision {}

  /**
   * The next step of the plan.
   *
   * @param percentage of a canary; {@code null} for all devices
   * @param lasted how long the step before did
   */
  record Forward(Stage stage, @Nullable BigDecimal percentage, Duration lasted)
      implements Decision {}

  private final RolloutSettings settings;
  private final GatePolicy gates;

  AutopilotPolicy(RolloutSettings settings, GatePolicy gates) {
    this.settings = settings;
    this.gates = gates;
  }

  /**
   * Decides for a kind.
   *
   * @param figures asked only where something depends on them, once
   */
  Decision decide(Kind kind, KindFlags now, Supplier<GateEvidence> figures) {
    boolean planned = settings.plannedKinds().contains(kind);
    if (now.cohort().nobody()) {
      return planned && now.stage() == Stage.SHADOW ? onward(now, figures.get()) : new Stay();
    }
    GateEvidence known = figures.get();
    List<GateResult> failed = gates.failedGuards(now.dualWrite(), known);
    if (failed.isEmpty()) {
      return planned ? onward(now, known) : new Stay();
    }
    return settings.automaticRollback().contains(kind)
        ? new Back(back(now).withOptIn(false), failed, known)
        : new Stay();
  }

  private KindFlags back(KindFlags now) {
    return settings.rollbackTo() == RolloutSettings.Depth.SHADOW
            || now.stage() == Stage.CANARY
            || now.stage() == Stage.NONE
        ? KindFlags.SHADOW
        : now.stage() == Stage.COMPLETE
            ? new KindFlags(Cohort.EVERYBODY, true)
            : new KindFlags(Cohort.of(lastStep()), true);
  }

  /** The last step of the plan that is not yet all devices. */
  private int lastStep() {
    return settings.plan().stream()
        .mapToInt(DeviceCohortStrategy::basisPoints)
        .filter(step -> step < Cohort.ALL)
        .max()
        .orElse(0);
  }

  private Decision onward(KindFlags now, GateEvidence figures) {
    int share = now.cohort().basisPoints();
    Optional<BigDecimal> next =
        settings.plan().stream()
            .filter(step -> DeviceCohortStrategy.basisPoints(step) > share)
            .findFirst();
    if (next.isEmpty()) {
      return new Stay();
    }
    boolean toAll = DeviceCohortStrategy.basisPoints(next.get()) == Cohort.ALL;
    Promotion promotion =
        toAll
            ? Promotion.TO_LIVE
            : now.stage() == Stage.SHADOW ? Promotion.TO_CANARY : Promotion.WITHIN_CANARY;
    Duration lasted = Duration.between(figures.since(), figures.at());
    if (lasted.compareTo(settings.planSoak()) < 0
        || GatePolicy.overall(gates.judge(promotion.gates(), figures)) != Verdict.PASS) {
      return new Stay();
    }
    return new Forward(toAll ? Stage.LIVE : Stage.CANARY, toAll ? null : next.get(), lasted);
  }
}
