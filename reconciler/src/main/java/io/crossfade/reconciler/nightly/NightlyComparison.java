package io.crossfade.reconciler.nightly;

import io.crossfade.db.control.AcceptanceNodes;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.WrittenUntil;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.report.Advice;
import io.crossfade.reconciler.report.HtmlReport;
import io.crossfade.reconciler.report.JsonReport;
import io.crossfade.reconciler.report.ReportFacts;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.support.CronExpression;

/**
 * Compares and reports the day before, once. A night that a dead router left unfinished, or that
 * was due while none was up, is done as soon as one looks.
 */
public final class NightlyComparison {

  private static final Logger log = LoggerFactory.getLogger(NightlyComparison.class);

  /** A night that nobody did for so long is given up. */
  private static final Duration LATEST = Duration.ofHours(23);

  /** A day's comparing, on a busy database. */
  private static final Duration TAKES_AT_MOST = Duration.ofHours(2);

  /** Where the last time is looked for: near first, since a schedule may have many. */
  private static final List<Duration> LOOK_BACK =
      List.of(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(2), Duration.ofDays(8));

  private final DataSource control;
  private final Comparison comparison;
  private final NightlyReports reports;
  private final WrittenUntil writtenUntil;
  private final Advice.Advisor advisor;
  private final NightlySettings settings;
  private final InstantSource clock;

  public NightlyComparison(
      DataSource control,
      Comparison comparison,
      NightlyReports reports,
      WrittenUntil writtenUntil,
      Advice.Advisor advisor,
      NightlySettings settings,
      InstantSource clock) {
    this.control = control;
    this.comparison = comparison;
    this.reports = reports;
    this.writtenUntil = writtenUntil;
    this.advisor = advisor;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The day that is due and has no report; empty when there is nothing to do now, or was before the
   * first router of this system ever started.
   */
  Optional<LocalDate> due() throws SQLException {
    Instant now = clock.instant();
    Instant due = lastDue(now);
    if (due == null) {
      return Optional.empty();
    }
    LocalDate day = due.atZone(settings.zone()).toLocalDate().minusDays(1);
    boolean before =
        new AcceptanceNodes(control).firstStart().filter(start -> !start.isAfter(due)).isEmpty();
    if (before || reports.has(day)) {
      return Optional.empty();
    }
    Instant end = window(day, settings.zone()).to();
    boolean behind = writtenUntil.now().filter(until -> !until.isBefore(end)).isEmpty();
    if (behind && now.isBefore(due.plus(settings.patience()))) {
      log.info("The night of {} waits: a path is behind the end of the day", day);
      return Optional.empty();
    }
    return Optional.of(day);
  }

  /** The last day that is over. */
  LocalDate yesterday() {
    return LocalDate.ofInstant(clock.instant(), settings.zone()).minusDays(1);
  }

  /** The same, for those who need no id before it is done. */
  NightlyReport run(LocalDate day) throws SQLException, InterruptedException {
    return run(day, run -> {});
  }

  /**
   * Compares a day, and keeps what is to be said of it.
   *
   * @param begun gets the run's id before the first row is read
   * @throws SQLException when a database cannot be read; the next call goes on from there
   */
  NightlyReport run(LocalDate day, LongConsumer begun) throws SQLException, InterruptedException {
    ComparisonResult result =
        comparison.run(ComparisonRequest.all(Origin.NIGHTLY, window(day, settings.zone())), begun);
    ReportFacts facts = ReportFacts.collect(control, result, settings.zone(), advisor);
    NightlyReport report = reports.add(day, result, HtmlReport.of(facts), JsonReport.of(facts));
    log.info(
        "The night of {}: {} {}: {}; report {}",
        day,
        report.verdict(),
        report.reasons(),
        result.headline(),
        report.id());
    return report;
  }

  /** A day from midnight to midnight, which is 23 to 25 hours. */
  static ComparisonWindow window(LocalDate day, ZoneId zone) {
    return new ComparisonWindow(
        day.atStartOfDay(zone).toInstant(), day.plusDays(1).atStartOfDay(zone).toInstant());
  }

  /**
   * The newest day that should have a report by now and has none: it was due, a path that was
   * behind had its time, and the comparing, too.
   */
  public Optional<LocalDate> overdue() throws SQLException {
    Instant now = clock.instant();
    for (Duration back : LOOK_BACK) {
      Instant due = lastDue(now.minus(settings.patience()).minus(TAKES_AT_MOST), back);
      if (due != null) {
        LocalDate day = due.atZone(settings.zone()).toLocalDate().minusDays(1);
        boolean was =
            new AcceptanceNodes(control)
                .firstStart()
                .filter(start -> !start.isAfter(due))
                .isPresent();
        return was && !reports.has(day) ? Optional.of(day) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private @Nullable Instant lastDue(Instant now) {
    return lastDue(now, LATEST);
  }

  /** When a night was due last, at most so long before a moment. */
  private @Nullable Instant lastDue(Instant now, Duration back) {
    if (NightlySettings.NEVER.equals(settings.cron())) {
      return null;
    }
    CronExpression cron = CronExpression.parse(settings.cron());
    Instant last = null;
    ZonedDateTime next = cron.next(now.minus(back).atZone(settings.zone()));
    while (next != null && !next.toInstant().isAfter(now)) {
      last = next.toInstant();
      next = cron.next(next);
    }
    return last;
  }
}
