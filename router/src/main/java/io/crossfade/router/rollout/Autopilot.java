package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.operator.RefusedException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes stages without a person, as {@link AutopilotPolicy} says. Looks and decides once per
 * call; one router calls at a time.
 */
public final class Autopilot {

  private static final Logger log = LoggerFactory.getLogger(Autopilot.class);
  private static final String ACTOR = "autopilot";

  private final FlagTable table;
  private final Rollout rollout;
  private final RolloutFlags flags;
  private final RolloutEvidence evidence;
  private final AutopilotPolicy policy;
  private final Holds holds;
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
    this.policy = new AutopilotPolicy(settings, gates);
    this.holds = holds;
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
    switch (policy.decide(kind, now, () -> evidence.of(kind))) {
      case AutopilotPolicy.Stay stay -> {}
      case AutopilotPolicy.Back back -> goBack(kind, now, state.version(), back);
      case AutopilotPolicy.Forward next -> goOn(kind, state.version(), next);
    }
  }

  private void goBack(Kind kind, KindFlags now, long version, AutopilotPolicy.Back back) {
    String reason =
        back.failed().stream()
            .map(result -> result.title() + ": " + result.figures())
            .collect(Collectors.joining("; "));
    try {
      flags.stored(
          table.change(
              version,
              Map.of(kind, back.to()),
              new FlagTable.Note(
                  Origin.AUTOPILOT,
                  ACTOR,
                  reason,
                  null,
                  false,
                  Rollout.json(Map.of("figures", back.figures(), "failed", back.failed())))));
      rollbacks(kind, 1);
      log.warn("{} went back from {} by itself: {}", kind.label(), now, reason);
    } catch (FlagTable.StaleVersionException e) {
      log.info("{} does not go back by itself: {}", kind.label(), e.getMessage());
    }
  }

  private void goOn(Kind kind, long version, AutopilotPolicy.Forward next) {
    StageChange change =
        StageChange.to(
            kind,
            next.stage(),
            next.percentage(),
            "next step of the plan, after " + next.lasted(),
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
