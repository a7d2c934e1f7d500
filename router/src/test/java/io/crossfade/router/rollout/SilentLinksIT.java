package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

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

  private final String prefix = TestRedis.newPrefix();
  private CutLink link;
  private ConfigurableApplicationContext deaf;
  private ConfigurableApplicationContext other;

  @BeforeEach
  void start() {
    link = new CutLink(TestDatabase.port());
    DbSettings schemas = TestDatabase.newSchemasBehind(link);
    // An autopilot that happens to look would read the flags, too.
    deaf = router(schemas, List.of("--crossfade.rollout.decide-every=1h"));
    other =
        router(
            schemas,
            List.of(
                "--crossfade.db.control.url=" + direct(schemas.control()),
                "--crossfade.db.legacy.url=" + direct(schemas.legacy()),
                "--crossfade.db.stream.url=" + direct(schemas.stream())));
  }

  @AfterEach
  void stop() throws Exception {
    IdleBudget.closeOnceIdle(deaf);
    IdleBudget.closeOnceIdle(other);
    link.close();
  }

  @Test
  void rollbackFromElsewhereAndAllRowsArrive() throws Exception {
    Http http = Http.of(deaf);
    change("canary", 50);
    await().atMost(PATIENCE).until(() -> stage(http).equals("canary"));
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

      link.mute();
      long muted = System.nanoTime();
      silent.set(true);
      rollBack();
      await().atMost(PATIENCE).until(() -> stage(http).equals("shadow"));
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

  private void change(String stage, int percentage) {
    Http http = Http.of(other);
    long version = http.get("/api/rollout").json().path("version").asLong();
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/changes",
            "{\"kind\":\"all\",\"stage\":\"%s\",\"percentage\":%d,\"force\":true,\"reason\":\"test\",\"version\":%d}"
                .formatted(stage, percentage, version));
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
  }

  private void rollBack() {
    Http.Answer answer =
        Http.of(other)
            .call("POST", "/api/rollout/rollbacks", "{\"kind\":\"all\",\"reason\":\"test\"}");
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
  }

  private long rows(String output, String device) {
    return TestOutputs.number(
        other.getBean(output + "DataSource", DataSource.class),
        "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = '" + device + "'");
  }

  private static String stage(Http http) {
    return http.get("/api/rollout").json().at("/kinds/0/stage").asText();
  }

  private String direct(DbSettings.Schema schema) {
    return schema.url().replace(":" + link.port(), ":" + TestDatabase.port());
  }

  private ConfigurableApplicationContext router(DbSettings schemas, List<String> more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.main.banner-mode=off",
                "--crossfade.stream.key-prefix=" + prefix,
                "--crossfade.rollout.automatic-rollback="));
    arguments.addAll(more);
    return TestRouterApplication.start(schemas, TestRedis.sharedPort(), arguments);
  }
}
