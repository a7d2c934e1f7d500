package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.report.Advice;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GateResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells a report what the gates say of each kind's next step. */
final class RolloutAdvisor implements Advice.Advisor {

  private final RolloutFlags flags;
  private final Rollout rollout;

  RolloutAdvisor(RolloutFlags flags, Rollout rollout) {
    this.flags = flags;
    this.rollout = rollout;
  }

  @Override
  public List<Advice> advise() {
    List<Advice> advice = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      KindFlags now = flags.state().of(kind);
      Rollout.NextGates next = rollout.nextGates(kind);
      List<GateResult> gates = next.gates();
      KindFlags to = next.to();
      advice.add(
          new Advice(
              kind,
              now.toString(),
              to == null ? "" : to.place(),
              GatePolicy.overall(gates),
              gates.stream()
                  .map(
                      gate ->
                          new Advice.Check(
                              gate.name() == null
                                  ? words(gate.gate().name())
                                  : "check %s%s"
                                      .formatted(gate.name(), gate.dryRun() ? " (dry run)" : ""),
                              gate.verdict(),
                              gate.figures()))
                  .toList()));
    }
    return advice;
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
