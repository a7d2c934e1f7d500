package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.TestOutputs;
import io.crossfade.router.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two routers, of which one has links to its database that answer nothing any longer and are not
 * closed, as after a firewall forgot them. What connects anew gets through.
 */
class SilentLinksIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Generous: flags are to be read again within some 5 s. With one limit for all it took 30. */
  private static final Duration FLAGS_PATIENCE = Duration.ofSeconds(15);

  /** Generous, too: the limit of a batch, a connection or two that is found dead, and a retry. */
  private static final Duration ROWS_PATIENCE = Duration.ofSeconds(25);

  private DeafRouter routers;

  @BeforeEach
  void start() {
    // An autopilot that happens to look would read the flags, too.
    routers = new DeafRouter(List.of(), List.of("--crossfade.rollout.decide-every=1h"));
  }

  @AfterEach
  void stop() throws Exception {
    routers.close();
  }

  @Test
  void rollbackFromElsewhereAndAllRowsArrive() throws Exception {
    Http http = Http.of(routers.deaf());
    routers.change("\"stage\":\"canary\",\"percentage\":50");
    await().atMost(PATIENCE).until(() -> routers.stage().equals("canary"));
    AtomicInteger early = new AtomicInteger();
    AtomicInteger late = new AtomicInteger();
    AtomicBoolean silent = new AtomicBoolean();
    AtomicBoolean done = new AtomicBoolean();
    List<Integer> refused = new ArrayList<>();
    // Goes on all the time, so that batches are under way when the links go silent.
    Thread uploads =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!done.get()) {
                    boolean afterwards = silent.get();
                    AtomicInteger next = afterwards ? late : early;
                    int status = upload(http, afterwards ? "LATE" : "EARLY", next.get());
                    if (status == 200) {
                      next.incrementAndGet();
                    } else {
                      refused.add(status);
                    }
                  }
                });
    try {
      await().atMost(PATIENCE).until(() -> rows("legacy", "EARLY") > 50);
      await().atMost(PATIENCE).until(() -> rows("stream", "EARLY") > 50);

      routers.link().mute();
      long muted = System.nanoTime();
      silent.set(true);
      routers.rollBackTo("shadow");
      await().atMost(PATIENCE).until(() -> routers.stage().equals("shadow"));
      Duration flags = Duration.ofNanos(System.nanoTime() - muted);
      await().atMost(PATIENCE).until(() -> rows("legacy", "EARLY") == early.get());
      Duration legacy = Duration.ofNanos(System.nanoTime() - muted);
      await().atMost(PATIENCE).until(() -> rows("stream", "EARLY") == early.get());
      Duration stream = Duration.ofNanos(System.nanoTime() - muted);
      System.out.printf(
          "Links silent: rolled back after %d ms, legacy rows there after %d ms, stream rows"
              + " after %d ms%n",
          flags.toMillis(), legacy.toMillis(), stream.toMillis());
      assertThat(flags).isLessThan(FLAGS_PATIENCE);
      assertThat(legacy).isLessThan(ROWS_PATIENCE);
      assertThat(stream).isLessThan(ROWS_PATIENCE);
    } finally {
      done.set(true);
      uploads.join();
    }
    assertThat(refused).isEmpty();
    assertThat(late.get()).isPositive();
    for (String output : List.of("legacy", "stream")) {
      await("nothing is lost, nothing is there twice")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(rows(output, "LATE")).isEqualTo(late.get()));
      assertThat(rows(output, "EARLY")).isEqualTo(early.get());
    }
  }

  private static int upload(Http http, String device, int second) {
    String path = second % 2 == 0 ? "/upload_health_data" : "/upload_health_data_v2";
    return http.post(path, Http.health(device, second)).status();
  }

  private long rows(String output, String device) {
    return TestOutputs.number(
        routers.other().getBean(output + "DataSource", DataSource.class),
        "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = '" + device + "'");
  }
}
