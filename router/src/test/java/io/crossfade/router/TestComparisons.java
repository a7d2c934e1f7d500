package io.crossfade.router;

import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Throttle;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;

/** Comparisons of a router's outputs by a test that knows what is written. */
public final class TestComparisons {

  private TestComparisons() {}

  /** Compares a window once both paths are drained. */
  public static ComparisonResult drained(ApplicationContext router, ComparisonWindow window)
      throws SQLException, InterruptedException {
    return new Comparison(
            router.getBean("controlDataSource", DataSource.class),
            router.getBean("legacyDataSource", DataSource.class),
            router.getBean("streamDataSource", DataSource.class),
            () -> Optional.of(Instant.MAX),
            Throttle.NONE,
            router.getBean(ComparisonSettings.class),
            InstantSource.system())
        .run(ComparisonRequest.all(Origin.ON_DEMAND, window));
  }
}
