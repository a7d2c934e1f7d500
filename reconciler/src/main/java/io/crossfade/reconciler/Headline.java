package io.crossfade.reconciler;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What agrees, what is explained and what is lost, side by side: none of them says enough alone.
 *
 * @param rawPercent rows that agree; {@code null} when there was nothing to compare
 * @param percent rows that agree or are explained; likewise
 * @param compared rows
 * @param explained rows that do not agree, and it is known why
 * @param unexplained rows that do not agree, and nobody knows why
 * @param lost records that a path accepted and never wrote
 * @param inNoOutput of those, how many neither output has
 * @param urgentMissing urgent events that an output lacks, explained or not
 * @param droppedCopies copies noted as dropped while the window was accepted
 */
public record Headline(
    @Nullable BigDecimal rawPercent,
    @Nullable BigDecimal percent,
    long compared,
    long explained,
    long unexplained,
    long lost,
    long inNoOutput,
    long urgentMissing,
    long droppedCopies) {

  /** Of kinds, as they are kept. */
  static Headline of(Collection<KindFigures> kinds, long droppedCopies) {
    return of(
        sum(kinds, KindFigures::compared),
        sum(kinds, KindFigures::good),
        sum(kinds, KindFigures::explained),
        sum(kinds, KindFigures::lost),
        sum(kinds, KindFigures::inNoOutput),
        sum(kinds, of -> of.urgentMissing() + of.urgentExplained()),
        droppedCopies);
  }

  private static long sum(Collection<KindFigures> kinds, ToLongFunction<KindFigures> of) {
    return kinds.stream().mapToLong(of).sum();
  }

  /**
   * From sums.
   *
   * @param good rows that agree
   */
  static Headline of(
      long compared,
      long good,
      long explained,
      long lost,
      long inNoOutput,
      long urgentMissing,
      long droppedCopies) {
    return new Headline(
        percent(good, compared).orElse(null),
        percent(good + explained, compared).orElse(null),
        compared,
        explained,
        compared - good - explained,
        lost,
        inNoOutput,
        urgentMissing,
        droppedCopies);
  }

  /** A share, rounded down: 99.9999 % is not 100. Empty of nothing. */
  static Optional<BigDecimal> percent(long good, long compared) {
    return compared == 0
        ? Optional.empty()
        : Optional.of(
            BigDecimal.valueOf(good)
                .multiply(BigDecimal.valueOf(100))
                .divide(BigDecimal.valueOf(compared), 3, RoundingMode.FLOOR));
  }

  /** In one English line. */
  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "raw %s, explained %d, unexplained %d of %d rows; lost %d records, %d of them in no"
                + " output; urgent missing %d",
            Optional.ofNullable(rawPercent).map(value -> value + " %").orElse("unknown"),
            explained,
            unexplained,
            compared,
            lost,
            inNoOutput,
            urgentMissing)
        + (droppedCopies == 0 ? "" : "; %d copies were dropped meanwhile".formatted(droppedCopies));
  }

  /** Explained rows of those compared, percent. */
  @JsonIgnore
  public double explainedPercent() {
    return compared == 0 ? 0 : 100.0 * explained / compared;
  }
}
