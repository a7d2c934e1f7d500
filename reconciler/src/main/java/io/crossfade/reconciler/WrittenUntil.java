package io.crossfade.reconciler;

import io.crossfade.db.control.RouterInstances;
import io.crossfade.db.control.RouterInstances.Up;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Up to when everything that was accepted is written by both paths. */
public interface WrittenUntil {

  /** That moment, by the clocks that stamp records; empty while it is not known. */
  Optional<Instant> now();

  /**
   * As the routers report it in the control schema; the one that is furthest behind counts. Not
   * known while no router is up: nobody says what the streams still hold.
   *
   * @param settle kept off, for what is being stamped and handed over at this moment
   */
  static WrittenUntil reported(DataSource control, Duration settle) {
    RouterInstances routers = new RouterInstances(control);
    return () -> {
      List<Optional<Instant>> reported = routers.up().stream().map(Up::writtenUntil).toList();
      return reported.stream().allMatch(Optional::isPresent)
          ? reported.stream()
              .flatMap(Optional::stream)
              .min(Comparator.naturalOrder())
              .map(until -> until.minus(settle))
          : Optional.empty();
    };
  }
}
