package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.TestDatabase;
import io.crossfade.router.intake.ClientProtocol;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a head that does not end holds of the heap, which is what connections are bounded by. */
class HeadsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int HEADS = 2_000;

  @Test
  void connectionsAreNoMoreThanTheHeapBearsHeadsOf() throws Exception {
    try (RouterProcess router =
        RouterProcess.packaged(
            List.of("-Xms512m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"),
            RouterProcess.arguments(
                TestDatabase.newSchemas(),
                TestRedis.sharedPort(),
                TestRedis.newPrefix(),
                "--server.tomcat.connection-timeout=3m",
                "--crossfade.budget.body-patience=3m"))) {
      Http http = router.http();
      http.post("/upload_health_data", Http.health("HEADS", 0));
      long before = router.liveHeap();
      List<RawClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < HEADS; i++) {
          clients.add(new RawClient(router.port()));
          clients.getLast().send("POST /upload_health_data HTTP/1.1\r\nX-Slow: ");
        }
        await("all of them at work")
            .atMost(PATIENCE)
            .until(() -> router.instances("org.apache.coyote.http11.Http11InputBuffer") >= HEADS);
        long head = (router.liveHeap() - before) / HEADS;
        System.out.printf("| a head | %,d bytes |%n", head);
        assertThat(head).isLessThan(ClientProtocol.HEAD);
      } finally {
        clients.forEach(RawClient::close);
      }
    }
  }
}
