package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A router that cuts its streams into three. */
class PartitionsPageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int DEVICES = 40;

  @Test
  void pageAndAnswersShowEachPartition() throws Exception {
    TestRedis redis = new TestRedis();
    try (ConfigurableApplicationContext router =
            TestRouterApplication.start(
                TestDatabase.newSchemas(),
                redis.port(),
                List.of(
                    "--server.port=0",
                    "--management.server.port=0",
                    "--crossfade.stream.partitions=3"));
        ConsoleClient console = ConsoleClient.of(router)) {
      Http http = Http.of(router);
      console.logIn("viewer");
      for (int device = 0; device < DEVICES; device++) {
        assertThat(http.post("/upload_health_data_v2", Http.health("P" + device, 0)).status())
            .isEqualTo(200);
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                int partitions = 0;
                int entries = 0;
                for (JsonNode stats : http.get("/api/stream_stats").json()) {
                  if (stats.path("stream").asText().contains("health_data_stream:{0")) {
                    partitions++;
                    entries += stats.path("length").asInt();
                    assertThat(stats.path("pending").asInt() + stats.path("lag").asInt()).isZero();
                    assertThat(stats.path("length").asInt()).isPositive();
                  }
                }
                assertThat(partitions).isEqualTo(3);
                assertThat(entries).isEqualTo(DEVICES);
              });
      assertThat(console.page("/console/streams"))
          .contains(
              "health_data_stream:{00}",
              "health_data_stream:{02}",
              "urgent_event_stream:{01}",
              "Nothing is pending in any partition.")
          .doesNotContain("??", "health_data_stream:{03}");
      assertThat(console.page("/console/streams?lang=zh-CN"))
          .contains("分区", "health_data_stream:{01}")
          .doesNotContain("??");
    } finally {
      redis.close();
    }
  }
}
