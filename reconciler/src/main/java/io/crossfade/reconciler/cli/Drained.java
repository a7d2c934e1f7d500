package io.crossfade.reconciler.cli;

import io.crossfade.db.InstanceName;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.Throttle;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.sql.DataSource;

/** Comparisons of outputs of which somebody knows that all is written. */
final class Drained {

  private Drained() {}

  static Comparison comparison(Workbench.Open open) {
    return comparison(open, open.legacy(), open.stream());
  }

  static Comparison comparison(Workbench.Open open, DataSource legacy, DataSource stream) {
    return new Comparison(
        open.control(),
        legacy,
        stream,
        () -> Optional.of(Instant.MAX),
        Throttle.NONE,
        open.get(ComparisonSettings.class),
        InstantSource.system(),
        open.get(InstanceName.class));
  }
}
