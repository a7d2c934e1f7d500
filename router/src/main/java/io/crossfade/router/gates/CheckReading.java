package io.crossfade.router.gates;

import static io.crossfade.reconciler.verdict.Verdict.FAIL;
import static io.crossfade.reconciler.verdict.Verdict.INCONCLUSIVE;
import static io.crossfade.reconciler.verdict.Verdict.PASS;

import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.gates.CheckSettings.Check;
import io.crossfade.router.gates.Finding.Phrase;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a check of one's own stands, after all measurements so far. Pure.
 *
 * @param verdict that stands: of the last number, but for as many that are beyond the limits, or
 *     missing, as the settings let pass
 * @param seen when the last measurement was made that says so; {@code null} for never
 * @param last the last measurement; {@code null} before the first
 * @param missed numbers beyond the limits since the last one within them
 * @param silent times in a row without a number
 */
public record CheckReading(
    Terms terms,
    Verdict verdict,
    @Nullable Instant seen,
    @Nullable Measurement last,
    int missed,
    int silent) {

  /**
   * What of a check's settings a verdict depends on.
   *
   * @param stale age above which a measurement says nothing: nobody measures any more
   */
  record Terms(
      String name,
      @Nullable Double atLeast,
      @Nullable Double atMost,
      int failureLimit,
      int inconclusiveLimit,
      Duration stale,
      boolean dryRun,
      boolean rollsBack) {

    static Terms of(Check check) {
      return new Terms(
          check.name(),
          check.atLeast(),
          check.atMost(),
          check.failureLimit(),
          check.inconclusiveLimit(),
          check.every().plus(check.timeout()).multipliedBy(3),
          check.dryRun(),
          check.rollsBack());
    }

    private boolean hold(double value) {
      return (atLeast == null || value >= atLeast) && (atMost == null || value <= atMost);
    }

    private String limit() {
      return atMost == null
          ? "≥ " + number(atLeast)
          : atLeast == null ? "≤ " + number(atMost) : number(atLeast) + " … " + number(atMost);
    }
  }

  static CheckReading unmeasured(Terms terms) {
    return new CheckReading(terms, INCONCLUSIVE, null, null, 0, 0);
  }

  /** How it stands after one more. */
  CheckReading after(Measurement next) {
    if (next.value().isEmpty()) {
      return silent + 1 > terms.inconclusiveLimit()
          ? new CheckReading(terms, INCONCLUSIVE, next.at(), next, missed, silent + 1)
          : new CheckReading(terms, verdict, seen, next, missed, silent + 1);
    }
    if (terms.hold(next.value().getAsDouble())) {
      return new CheckReading(terms, PASS, next.at(), next, 0, 0);
    }
    return missed + 1 > terms.failureLimit()
        ? new CheckReading(terms, FAIL, next.at(), next, missed + 1, 0)
        : new CheckReading(terms, verdict, seen, next, missed + 1, 0);
  }

  /**
   * Judges.
   *
   * @param since what was measured before says nothing: other flags were in force
   */
  GateResult judge(Instant since, Instant now) {
    List<Finding> findings = new ArrayList<>();
    Verdict judged = verdict;
    if (last == null || seen == null) {
      judged = INCONCLUSIVE;
    } else if (Duration.between(last.at(), now).compareTo(terms.stale()) > 0) {
      judged = INCONCLUSIVE;
      findings.add(Finding.of(Phrase.STALE));
    } else if (seen.isBefore(since)) {
      judged = INCONCLUSIVE;
      findings.add(Finding.of(Phrase.CHECK_BEFORE));
    }
    if (last == null) {
      findings.add(Finding.of(Phrase.CHECK_NOT_YET, terms.limit()));
    } else {
      findings.addAll(0, figures(last, judged, now));
    }
    return new GateResult(Gate.CHECK, terms.name(), terms.dryRun(), judged, List.copyOf(findings));
  }

  private List<Finding> figures(Measurement of, Verdict judged, Instant now) {
    List<Finding> findings = new ArrayList<>();
    String age = Finding.age(Duration.between(of.at(), now));
    if (of.trouble() == null) {
      findings.add(
          Finding.of(Phrase.CHECK_NUMBER, number(of.value().orElseThrow()), terms.limit(), age));
    } else {
      findings.add(of.trouble());
      findings.add(Finding.of(Phrase.CHECK_ASKED, terms.limit(), age));
    }
    if (missed > 0 && judged != FAIL) {
      findings.add(Finding.of(Phrase.CHECK_MISSED, missed, terms.failureLimit()));
    }
    if (silent > 0 && judged != INCONCLUSIVE) {
      findings.add(Finding.of(Phrase.CHECK_SILENT, silent, terms.inconclusiveLimit()));
    }
    return findings;
  }

  /** To six figures, as short as that can be said. */
  private static String number(@Nullable Double value) {
    if (value == null || value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    return rounded.scale() > 9 || rounded.precision() - rounded.scale() > 12
        ? rounded.toString()
        : rounded.toPlainString();
  }
}
