package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.Kind;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.router.Http;
import io.crossfade.router.TestComparisons;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two routers, one of which cannot read what the other switches. */
class StaleFlagsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What the flags' history allows for, and a little. */
  private static final Duration LONG_AFTER = Duration.ofMillis(2_500);

  private DeafRouter routers;

  @BeforeEach
  void start() {
    routers = new DeafRouter(List.of("--crossfade.rollout.initial=legacy"), List.of());
  }

  @AfterEach
  void stop() throws Exception {
    routers.close();
  }

  @Test
  void recordOfARouterThatDoesNotKnowThatDualWriteIsOnIsNoUnexplainedDifference() throws Exception {
    Http http = Http.of(routers.deaf());
    assertThat(http.post("/upload_health_data", Http.health("DEAF", 0)).status()).isEqualTo(200);
    routers.link().cut();
    routers.change("\"stage\":\"shadow\"");
    awaitLongAfter();
    assertThat(routers.stage()).isEqualTo("legacy");
    assertThat(http.post("/upload_health_data", Http.health("DEAF", 1)).status()).isEqualTo(200);
    // Nor that clients of v2 endpoints are not heeded any longer.
    routers.rollBackTo("shadow");
    awaitLongAfter();
    assertThat(http.post("/upload_health_data_v2", Http.health("DEAF", 3)).status()).isEqualTo(200);
    routers.link().mend();
    await().atMost(PATIENCE).until(() -> routers.stage().equals("shadow"));
    awaitLongAfter();
    assertThat(http.post("/upload_health_data", Http.health("DEAF", 2)).status()).isEqualTo(200);
    assertThat(http.post("/upload_health_data_v2", Http.health("DEAF", 4)).status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> TestComparisons.areDrained(routers.deaf()));

    ComparisonWindow always =
        new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
    TableResult health =
        TestComparisons.drained(routers.other(), always).of(Kind.HEALTH).getFirst();
    assertThat(health.explained())
        .as("the first was not meant to be copied, the last were")
        .isEqualTo(Map.of(Explanation.MIRROR_DROPPED, 2L));
    assertThat(health.differing()).isEqualTo(2);
    DataSource stream = routers.other().getBean("streamDataSource", DataSource.class);
    assertThat(
            TestOutputs.number(
                stream, "SELECT COUNT(*) FROM t_user_health_data WHERE route_reason = 'OPT_IN'"))
        .as("the one that it let choose while the opt-in was off")
        .isEqualTo(1);
  }

  private static void awaitLongAfter() {
    Instant then = Instant.now().plus(LONG_AFTER);
    await().atMost(PATIENCE).until(() -> Instant.now().isAfter(then));
  }
}
