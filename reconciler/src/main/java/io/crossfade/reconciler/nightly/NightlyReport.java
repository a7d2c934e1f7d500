package io.crossfade.reconciler.nightly;

import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A night's report in the list of reports.
 *
 * @param comparisonId the run it is about
 * @param day that was compared
 * @param compared rows
 * @param unexplained of those, how many do not agree, and nobody knows why
 * @param consistency rows that agree or are explained, percent
 * @param raw rows that agree, percent
 * @param explained rows that do not agree, and it is known why
 * @param lost records that a path accepted and never wrote
 * @param inNoOutput of those, how many neither output has
 * @param urgentMissing urgent events that an output lacks, explained or not
 * @param droppedCopies copies noted as dropped while the day was accepted
 * @param reasons why the verdict is no PASS
 */
public record NightlyReport(
    long id,
    long comparisonId,
    LocalDate day,
    Instant createdAt,
    Verdict verdict,
    long compared,
    long unexplained,
    Optional<BigDecimal> consistency,
    Optional<BigDecimal> raw,
    long explained,
    long lost,
    long inNoOutput,
    long urgentMissing,
    long droppedCopies,
    List<Reason> reasons) {

  static final NightlyReport EXAMPLE =
      new NightlyReport(
          0,
          0,
          LocalDate.EPOCH,
          Instant.EPOCH,
          Verdict.INCONCLUSIVE,
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          0,
          0,
          0,
          0,
          0,
          List.of(Reason.NOTHING_COMPARED));
}
