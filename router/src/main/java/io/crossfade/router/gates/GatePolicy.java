package io.crossfade.router.gates;

import static io.crossfade.reconciler.verdict.Verdict.FAIL;
import static io.crossfade.reconciler.verdict.Verdict.INCONCLUSIVE;
import static io.crossfade.reconciler.verdict.Verdict.PASS;
import static io.crossfade.router.gates.Gate.BACKLOG_AGE;
import static io.crossfade.router.gates.Gate.CHECK;
import static io.crossfade.router.gates.Gate.CONSISTENCY;
import static io.crossfade.router.gates.Gate.ERRORS;
import static io.crossfade.router.gates.Gate.LATENCY;
import static io.crossfade.router.gates.Gate.LEGACY_EMPTY;
import static io.crossfade.router.gates.Gate.PROOF;
import static io.crossfade.router.gates.Gate.SOAK;
import static io.crossfade.router.gates.Gate.THROUGHPUT;
import static io.crossfade.router.gates.Gate.UNEXPLAINED;
import static io.crossfade.router.gates.Gate.URGENT_EVENTS;

import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.ConfidenceSequence;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.gates.Finding.Phrase;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Judges evidence. Pure: the same figures give the same verdicts; no evidence is never a pass. */
public final class GatePolicy {

  /** Where a kind wants to go, and what is asked on the way. */
  public enum Promotion {
    /** Copies change nothing for a device: nothing is asked. */
    TO_SHADOW,
    TO_CANARY(CONSISTENCY, PROOF, URGENT_EVENTS, BACKLOG_AGE, SOAK, CHECK),
    WITHIN_CANARY(CONSISTENCY, PROOF, URGENT_EVENTS, BACKLOG_AGE, ERRORS, CHECK),
    TO_LIVE(CONSISTENCY, PROOF, URGENT_EVENTS, UNEXPLAINED, BACKLOG_AGE, LATENCY, ERRORS, CHECK),
    TO_COMPLETE(
        CONSISTENCY,
        PROOF,
        UNEXPLAINED,
        BACKLOG_AGE,
        ERRORS,
        THROUGHPUT,
        SOAK,
        LEGACY_EMPTY,
        CHECK);

    private final List<Gate> gates;

    Promotion(Gate... gates) {
      this.gates = List.of(gates);
    }

    public List<Gate> gates() {
      return gates;
    }
  }

  /** What sends a kind back by itself when it fails. */
  private static final List<Gate> GUARDS = List.of(CONSISTENCY, URGENT_EVENTS, BACKLOG_AGE, ERRORS);

  /** Without dual write there is nothing to compare. */
  private static final List<Gate> GUARDS_WITHOUT_DUAL_WRITE = List.of(BACKLOG_AGE, ERRORS);

  private final GateSettings settings;

  public GatePolicy(GateSettings settings) {
    this.settings = settings;
  }

  /** Every gate's verdict, and that of each check of one's own where these are asked. */
  public List<GateResult> judge(List<Gate> gates, GateEvidence evidence) {
    return gates.stream()
        .flatMap(
            gate ->
                gate == CHECK
                    ? checks(evidence.checks().stream(), evidence)
                    : Stream.of(judge(gate, evidence)))
        .toList();
  }

  /** Whatever sends a kind back by itself and fails. */
  public List<GateResult> failedGuards(boolean dualWrite, GateEvidence evidence) {
    Stream<CheckReading> rollingBack =
        evidence.checks().stream().filter(check -> check.terms().rollsBack());
    return Stream.concat(
            judge(dualWrite ? GUARDS : GUARDS_WITHOUT_DUAL_WRITE, evidence).stream(),
            checks(rollingBack, evidence))
        .filter(result -> result.verdict() == FAIL && result.blocks())
        .toList();
  }

  private static Stream<GateResult> checks(Stream<CheckReading> checks, GateEvidence evidence) {
    return checks
        .map(check -> check.judge(evidence.since(), evidence.at()))
        .map(result -> unlessNothingCame(result, evidence));
  }

  /** All gates together; none asked is a pass. */
  public static Verdict overall(List<GateResult> results) {
    return results.stream()
        .filter(GateResult::blocks)
        .map(GateResult::verdict)
        .max(Comparator.naturalOrder())
        .orElse(PASS);
  }

  /** No traffic is never evidence: an empty queue, a quiet week, a share of nothing. */
  private static GateResult unlessNothingCame(GateResult result, GateEvidence evidence) {
    if (result.verdict() != PASS || evidence.compared() > 0) {
      return result;
    }
    List<Finding> findings = new ArrayList<>(result.findings());
    findings.add(notCompared(evidence));
    return new GateResult(
        result.gate(), result.name(), result.dryRun(), INCONCLUSIVE, List.copyOf(findings));
  }

  private GateResult judge(Gate gate, GateEvidence evidence) {
    return unlessNothingCame(figures(gate, evidence), evidence);
  }

  private static Finding notCompared(GateEvidence evidence) {
    return Finding.of(Phrase.NOT_COMPARED, evidence.since().truncatedTo(ChronoUnit.SECONDS));
  }

  private GateResult figures(Gate gate, GateEvidence evidence) {
    return switch (gate) {
      case CONSISTENCY -> consistency(evidence);
      case PROOF -> proof(evidence);
      case URGENT_EVENTS -> urgentEvents(evidence);
      case UNEXPLAINED -> none(gate, evidence.unexplained(), Phrase.UNEXPLAINED, evidence);
      case BACKLOG_AGE -> backlogAge(evidence);
      case SOAK -> soak(evidence);
      case LATENCY ->
          ratio(
              gate,
              evidence.streamP95(),
              evidence.legacyP95(),
              Phrase.LATENCY,
              settings.latencyRatio(),
              true,
              evidence);
      case ERRORS -> errors(evidence);
      case THROUGHPUT ->
          ratio(
              gate,
              evidence.streamRate(),
              evidence.legacyRate(),
              Phrase.RATE,
              settings.throughputRatio(),
              false,
              evidence);
      case LEGACY_EMPTY -> legacyEmpty(evidence);
      case CHECK -> throw new IllegalArgumentException("Each check has a verdict of its own");
    };
  }

  private GateResult proof(GateEvidence evidence) {
    Proof proof = evidence.proof();
    return fresh(
        PROOF,
        evidence.proven() > 0 && evidence.brokenProofs() == 0 ? PASS : INCONCLUSIVE,
        Finding.of(
            Phrase.PROVEN,
            proof.found(),
            proof.planted(),
            proof.invented(),
            evidence.proven(),
            evidence.compared()),
        evidence);
  }

  private GateResult consistency(GateEvidence evidence) {
    long agreeing = evidence.compared() - evidence.unexplained();
    // Only of what was compared with a proof can it be said that it agrees.
    double lower =
        100
            * ConfidenceSequence.lower(
                Math.max(0, evidence.proven() - evidence.unexplained()), evidence.proven());
    double upper = 100 * ConfidenceSequence.upper(agreeing, evidence.compared());
    Finding figures =
        Finding.of(
            Phrase.AGREE, agreeing, evidence.compared(), lower, upper, settings.consistency());
    Verdict verdict =
        upper < settings.consistency()
            ? FAIL
            : lower >= settings.consistency() ? PASS : INCONCLUSIVE;
    return fresh(
        CONSISTENCY,
        verdict,
        List.of(figures, Finding.of(Phrase.NOT_AGREED, evidence.explained(), evidence.lost())),
        evidence);
  }

  /** Where urgent records can come, that none is missing is nothing to go by until one came. */
  private GateResult urgentEvents(GateEvidence evidence) {
    GateResult result = none(URGENT_EVENTS, evidence.urgentMissing(), Phrase.URGENT, evidence);
    if (evidence.urgentCompared().isEmpty() && evidence.urgentMissing() == 0) {
      return fresh(URGENT_EVENTS, result.verdict(), Finding.of(Phrase.NEVER_URGENT), evidence);
    }
    if (evidence.urgentCompared().orElse(1) > 0) {
      return result;
    }
    List<Finding> findings = new ArrayList<>(result.findings());
    findings.add(Finding.of(Phrase.NO_URGENT));
    return new GateResult(
        URGENT_EVENTS,
        result.verdict() == PASS ? INCONCLUSIVE : result.verdict(),
        List.copyOf(findings));
  }

  private GateResult none(Gate gate, long found, Phrase what, GateEvidence evidence) {
    Verdict verdict =
        found > 0 ? FAIL : evidence.proven() < settings.samples() ? INCONCLUSIVE : PASS;
    return fresh(gate, verdict, Finding.of(what, found, evidence.compared()), evidence);
  }

  private GateResult fresh(Gate gate, Verdict verdict, Finding figures, GateEvidence evidence) {
    return fresh(gate, verdict, List.of(figures), evidence);
  }

  /** What was wrong stays wrong; that nothing is wrong must have been seen lately. */
  private GateResult fresh(
      Gate gate, Verdict verdict, List<Finding> figures, GateEvidence evidence) {
    if (evidence.comparedUntil().isEmpty()) {
      return new GateResult(gate, INCONCLUSIVE, notCompared(evidence));
    }
    Duration age = Duration.between(evidence.comparedUntil().get(), evidence.at());
    boolean stale = age.compareTo(settings.freshness()) > 0;
    List<Finding> findings = new ArrayList<>(figures);
    findings.add(Finding.of(Phrase.COMPARED_AGO, Finding.age(age)));
    if (stale) {
      findings.add(Finding.of(Phrase.STALE));
    }
    return new GateResult(
        gate, stale && verdict == PASS ? INCONCLUSIVE : verdict, List.copyOf(findings));
  }

  private GateResult backlogAge(GateEvidence evidence) {
    return evidence
        .oldestUnacknowledged()
        .map(
            age ->
                new GateResult(
                    BACKLOG_AGE,
                    age.compareTo(settings.backlogAge()) <= 0 ? PASS : FAIL,
                    Finding.of(
                        Phrase.BACKLOG, Finding.age(age), Finding.age(settings.backlogAge()))))
        .orElseGet(() -> new GateResult(BACKLOG_AGE, INCONCLUSIVE, Finding.of(Phrase.NO_REDIS)));
  }

  private GateResult soak(GateEvidence evidence) {
    Duration lasted = Duration.between(evidence.since(), evidence.at());
    boolean lastedEnough = lasted.compareTo(settings.soak()) >= 0;
    return new GateResult(
        SOAK,
        lastedEnough ? PASS : INCONCLUSIVE,
        Finding.of(Phrase.LASTED, Finding.age(lasted), Finding.age(settings.soak())));
  }

  private GateResult errors(GateEvidence evidence) {
    long meant = evidence.streamServed() + evidence.fallbacks();
    double share = meant == 0 ? 0 : 100.0 * evidence.fallbacks() / meant;
    Verdict verdict =
        meant < settings.samples() ? INCONCLUSIVE : share < settings.errors() ? PASS : FAIL;
    return fresh(
        ERRORS,
        verdict,
        Finding.of(Phrase.FELL_BACK, evidence.fallbacks(), meant, share, settings.errors()),
        evidence);
  }

  private GateResult ratio(
      Gate gate,
      OptionalDouble stream,
      OptionalDouble legacy,
      Phrase phrase,
      double limit,
      boolean atMost,
      GateEvidence evidence) {
    if (stream.isEmpty() || legacy.isEmpty() || legacy.getAsDouble() <= 0) {
      return new GateResult(gate, INCONCLUSIVE, Finding.of(Phrase.NOT_MEASURED));
    }
    double ratio = stream.getAsDouble() / legacy.getAsDouble();
    Verdict verdict =
        evidence.compared() < settings.samples()
            ? INCONCLUSIVE
            : (atMost ? ratio <= limit : ratio >= limit) ? PASS : FAIL;
    return new GateResult(
        gate,
        verdict,
        Finding.of(phrase, stream.getAsDouble(), legacy.getAsDouble(), ratio, limit));
  }

  private GateResult legacyEmpty(GateEvidence evidence) {
    if (evidence.legacyHeld().isEmpty()) {
      return new GateResult(LEGACY_EMPTY, INCONCLUSIVE, Finding.of(Phrase.NOBODY_SAID));
    }
    long held = evidence.legacyHeld().getAsLong();
    return new GateResult(
        LEGACY_EMPTY,
        held <= settings.legacyHeld() ? PASS : FAIL,
        Finding.of(Phrase.HELD, held, settings.legacyHeld()));
  }
}
