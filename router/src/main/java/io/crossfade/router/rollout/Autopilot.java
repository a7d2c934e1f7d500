package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.DeviceCohortStrategy;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GatePolicy.Promotion;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.operator.RefusedException;
import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes stages without a person: back when a guarding gate fails, forward along the plan only
 * while all gates pass. Looks and decides once per call; one router calls at a time.
 */
public final class Autopilot {

  private static final Logger log = LoggerFactory.getLogger(Autopilot.class);
  private static final String ACTOR = "autopilot";

  private final FlagTable table;
  private final Rollout rollout;
  private final RolloutFlags flags;
  private final RolloutEvidence evidence;
  private final GatePolicy gates;
  private final Holds holds;
  private final RolloutSettings settings;
  private final MeterRegistry meters;

  public Autopilot(
      FlagTable table,
      Rollout rollout,
      RolloutFlags flags,
      RolloutEvidence evidence,
      GatePolicy gates,
      Holds holds,
      RolloutSettings settings,
      MeterRegistry meters) {
    this.table = table;
    this.rollout = rollout;
    this.flags = flags;
    this.evidence = evidence;
    this.gates = gates;
    this.holds = holds;
    this.settings = settings;
    this.meters = meters;
    // An alert on an increase needs a series that was there before.
    for (Kind kind : Kind.values()) {
      rollbacks(kind, 0);
    }
  }

  /** Decides for every kind that is not held. */
  void decide() {
    Map<Kind, Holds.Hold> held = holds.all();
    RolloutState state = flags.readNow();
    for (Kind kind : Kind.values()) {
      if (!held.containsKey(kind)) {
        decide(kind, state);
        state = flags.readNow();
      }
    }
  }

  private void decide(Kind kind, RolloutState state) {
    KindFlags now = state.of(kind);
    if (now.cohort().nobody()) {
      if (settings.plannedKinds().contains(kind) && now.stage() == Stage.SHADOW) {
        followPlan(kind, now, state.version());
      }
      return;
    }
    GateEvidence figures = evidence.of(kind);
    List<GateResult> failed =
        gates
            .judge(
                now.dualWrite() ? GatePolicy.GUARDS : GatePolicy.GUARDS_WITHOUT_DUAL_WRITE, figures)
            .stream()
            .filter(result -> result.verdict() == Verdict.FAIL)
            .toList();
    if (!failed.isEmpty() && settings.automaticRollback().contains(kind)) {
      goBack(kind, now, state.version(), figures, failed);
    } else if (failed.isEmpty() && settings.plannedKinds().contains(kind)) {
      followPlan(kind, now, state.version());
    }
  }

  private void goBack(
      Kind kind, KindFlags now, long version, GateEvidence figures, List<GateResult> failed) {
    String reason =
        failed.stream()
            .map(result -> result.gate() + ": " + result.figures())
            .collect(Collectors.joining("; "));
    try {
      flags.stored(
          table.change(
              version,
              Map.of(kind, back(now)),
              new FlagTable.Note(
                  Origin.AUTOPILOT,
                  ACTOR,
                  reason,
                  null,
                  false,
                  Rollout.json(Map.of("figures", figures, "failed", failed)))));
      rollbacks(kind, 1);
      log.warn("{} went back from {} by itself: {}", kind.label(), now, reason);
    } catch (FlagTable.StaleVersionException e) {
      log.info("{} does not go back by itself: {}", kind.label(), e.getMessage());
    }
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

  private void followPlan(Kind kind, KindFlags now, long version) {
    int share = now.cohort().basisPoints();
    Optional<BigDecimal> next =
        settings.plan().stream()
            .filter(step -> DeviceCohortStrategy.basisPoints(step) > share)
            .findFirst();
    if (next.isEmpty()) {
      return;
    }
    boolean toAll = DeviceCohortStrategy.basisPoints(next.get()) == Cohort.ALL;
    Promotion promotion =
        toAll
            ? Promotion.TO_LIVE
            : now.stage() == Stage.SHADOW ? Promotion.TO_CANARY : Promotion.WITHIN_CANARY;
    GateEvidence figures = evidence.of(kind);
    Duration lasted = Duration.between(figures.since(), figures.at());
    if (lasted.compareTo(settings.planSoak()) < 0
        || GatePolicy.overall(gates.judge(promotion.gates(), figures)) != Verdict.PASS) {
      return;
    }
    StageChange change =
        StageChange.to(
            kind,
            toAll ? Stage.LIVE : Stage.CANARY,
            toAll ? null : next.get(),
            "next step of the plan, after " + lasted,
            version);
    try {
      rollout.apply(change, Origin.AUTOPILOT, ACTOR);
    } catch (RefusedException e) {
      log.info("{} does not go on by itself: {}", kind.label(), e.detail());
    }
  }

  private void rollbacks(Kind kind, int count) {
    meters.counter(RouterMeter.AUTO_ROLLBACKS.id(), "kind", kind.label()).increment(count);
  }
}
