package io.crossfade.router.overview;

import io.crossfade.db.InstanceName;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.RouterInstances;
import io.crossfade.reconciler.OpenFindings;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.nightly.NightlyComparison;
import io.crossfade.reconciler.nightly.NightlyReports;
import io.crossfade.router.rollout.Holds;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;

/** Asks the control schema for what all routers know. */
final class SharedFacts {

  private final OpenFindings findings;
  private final Holds holds;
  private final NightlyReports reports;
  private final NightlyComparison nights;
  private final ReconcilerPause pause;
  private final DeadLetterDesk letters;
  private final LostRecords lost;
  private final RouterInstances routers;
  private final InstanceName self;

  SharedFacts(
      OpenFindings findings,
      Holds holds,
      NightlyReports reports,
      NightlyComparison nights,
      ReconcilerPause pause,
      DataSource control,
      InstanceName self) {
    this.findings = findings;
    this.holds = holds;
    this.reports = reports;
    this.nights = nights;
    this.pause = pause;
    this.letters = new DeadLetterDesk(control);
    this.lost = new LostRecords(control);
    this.routers = new RouterInstances(control);
    this.self = self;
  }

  /**
   * How they are now.
   *
   * @throws org.springframework.dao.DataAccessException when the control schema does not answer
   * @throws org.springframework.transaction.TransactionException likewise
   */
  Situation.Shared now() {
    try {
      Map<Source, Integer> open = new EnumMap<>(Source.class);
      for (Source source : Source.values()) {
        open.put(source, letters.open(source, AlertPolicy.MOST_COUNTED));
      }
      return new Situation.Shared(
          findings.now(),
          lost.foundLately(AlertPolicy.MOST_COUNTED),
          open,
          holds.all(),
          routers.silent(),
          routers.up().stream().filter(router -> !router.instance().equals(self.text())).toList(),
          reports.latest(1).stream().findFirst().orElse(null),
          nights.overdue().orElse(null),
          pause.current().orElse(null));
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("The control schema does not answer", e);
    }
  }
}
