package io.crossfade.reconciler.report;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.Comparisons.WorstDevice;
import io.crossfade.reconciler.DifferenceGroup;
import io.crossfade.reconciler.KindFigures;
import io.crossfade.reconciler.accounting.AccountBook;
import io.crossfade.reconciler.accounting.AccountBook.Balance;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * What a report says about a run: the run, what came before it, and what follows from it.
 *
 * @param zone in which hours and days are shown
 * @param nights figures of the nightly runs of the last {@value #NIGHTS} days, oldest first
 * @param minutes figures of the rolling runs within the window, oldest first
 * @param balances what became of all that was accepted in the window
 */
public record ReportFacts(
    ComparisonResult result,
    ZoneId zone,
    List<KindFigures> nights,
    List<KindFigures> minutes,
    List<DifferenceGroup> differences,
    List<WorstDevice> worst,
    List<Balance> balances,
    List<Advice> advice) {

  private static final int NIGHTS = 30;
  private static final int WORST = 20;

  /** Collects them. */
  public static ReportFacts collect(
      DataSource control, ComparisonResult result, ZoneId zone, Advice.Advisor advisor)
      throws SQLException {
    Comparisons comparisons = new Comparisons(control, InstantSource.system());
    List<KindFigures> nights = new ArrayList<>();
    List<KindFigures> minutes = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      nights.addAll(
          comparisons.figures(
              Origin.NIGHTLY, kind, result.window().to().minus(Duration.ofDays(NIGHTS))));
      comparisons.figures(Origin.ROLLING, kind, result.window().from()).stream()
          .filter(of -> of.window().from().isBefore(result.window().to()))
          .forEach(minutes::add);
    }
    return new ReportFacts(
        result,
        zone,
        nights,
        minutes,
        comparisons.groups(result.id()),
        comparisons.worstDevices(result.id(), WORST),
        new AccountBook(control).balances(result.window().from(), result.window().to()),
        advisor.advise());
  }
}
