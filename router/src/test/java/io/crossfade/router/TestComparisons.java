package io.crossfade.router;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.router.routing.MirrorLedger;
import io.crossfade.stream.StreamAppender;
import io.crossfade.stream.StreamHealth;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;

/** Comparisons of a router's outputs by a test that knows what is written, and when all is. */
public final class TestComparisons {

  private TestComparisons() {}

  /** Whether both paths have written all that they took, copies on their way to Redis included. */
  public static boolean areDrained(ApplicationContext router) {
    LegacyPath legacy = router.getBean(LegacyPath.class);
    return Arrays.stream(Kind.values()).allMatch(kind -> legacy.held(kind) == 0)
        && router.getBean(MirrorLedger.class).settled()
        && router.getBean(StreamAppender.class).settled()
        && router.getBean(StreamHealth.class).drained();
  }

  /** Compares a window once both paths are drained. */
  public static ComparisonResult drained(ApplicationContext router, ComparisonWindow window)
      throws SQLException, InterruptedException {
    return of(router, Throttle.NONE).run(ComparisonRequest.all(Origin.ON_DEMAND, window));
  }

  /** Comparisons of outputs that hold all they will ever hold. */
  public static Comparison of(ApplicationContext router, Throttle throttle) {
    return new Comparison(
        router.getBean("controlDataSource", DataSource.class),
        router.getBean("legacyDataSource", DataSource.class),
        router.getBean("streamDataSource", DataSource.class),
        () -> Optional.of(Instant.MAX),
        throttle,
        router.getBean(ComparisonSettings.class),
        InstantSource.system(),
        InstanceName.unique());
  }
}
