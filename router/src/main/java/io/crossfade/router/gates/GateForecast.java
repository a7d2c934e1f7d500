package io.crossfade.router.gates;

import io.crossfade.reconciler.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When a gate will pass if all goes on as it did since the flags changed and nothing more goes
 * wrong. Pure.
 */
public final class GateForecast {

  /** Who would wait longer is not told of it. */
  private static final Duration LONGEST = Duration.ofDays(400);

  private final GatePolicy policy;

  public GateForecast(GatePolicy policy) {
    this.policy = policy;
  }

  /**
   * How long from now until it passes, to the millisecond; zero when it does, empty when it never
   * would.
   */
  public Optional<Duration> untilItPasses(Gate gate, GateEvidence now) {
    if (gate == Gate.CHECK) {
      // What others measure does not follow from what is compared.
      return passes(gate, now) ? Optional.of(Duration.ZERO) : Optional.empty();
    }
    long late = LONGEST.toMillis();
    if (!passes(gate, later(now, LONGEST))) {
      return Optional.empty();
    }
    long early = 0;
    while (early < late) {
      long middle = (early + late) / 2;
      if (passes(gate, later(now, Duration.ofMillis(middle)))) {
        late = middle;
      } else {
        early = middle + 1;
      }
    }
    return Optional.of(Duration.ofMillis(late));
  }

  /** How many more rows are compared in that time. */
  public long rows(GateEvidence now, Duration time) {
    return more(now.compared(), now, time);
  }

  private boolean passes(Gate gate, GateEvidence evidence) {
    return GatePolicy.overall(policy.judge(List.of(gate), evidence)) == Verdict.PASS;
  }

  /** The figures after so long: each new record agrees, and is compared as late as the last one. */
  static GateEvidence later(GateEvidence now, Duration time) {
    long rows = more(now.compared(), now, time);
    return new GateEvidence(
        now.at().plus(time),
        now.since(),
        now.comparedUntil().map(until -> until.plus(time)),
        now.compared() + rows,
        now.unexplained(),
        now.urgentMissing(),
        now.oldestUnacknowledged(),
        now.legacyP95(),
        now.streamP95(),
        now.streamServed() + more(now.streamServed(), now, time),
        now.fallbacks(),
        now.legacyRate(),
        now.streamRate(),
        now.legacyHeld(),
        // Where no window was ever proven, none will be.
        now.proven() == 0 ? 0 : now.proven() + rows,
        now.proof(),
        now.brokenProofs(),
        now.explained(),
        now.lost(),
        now.urgentCompared(),
        now.checks());
  }

  private static long more(long records, GateEvidence now, Duration time) {
    Instant until = now.comparedUntil().orElse(now.since());
    long span = Duration.between(now.since(), until).toMillis();
    return span <= 0 ? 0 : Math.round((double) records * time.toMillis() / span);
  }
}
