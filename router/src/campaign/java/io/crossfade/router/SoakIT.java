package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * The packaged router in its documented heap, live, for long: devices that send 5,000 records a
 * second, and beside them whoever wants to hurt it. Streams are as long as what comes within the
 * retention, and the heap holds at the end what it held at first. {@code
 * -Dcrossfade.soak.seconds=1800} for longer, {@code -Dcrossfade.soak.rate=5000} records a second.
 */
class SoakIT {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int SECONDS = Integer.getInteger("crossfade.soak.seconds", 60);
  private static final int RATE = Integer.getInteger("crossfade.soak.rate", 5_000);
  private static final int ITEMS = 50;
  private static final int SLOW = 200;
  private static final Duration RETENTION = Duration.ofSeconds(5);
  private static final Duration UPKEEP_EVERY = Duration.ofSeconds(5);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int LOOKS_A_COLLECTION = 15;

  /** What is on its way, or of which nobody knows whether it came. */
  private static final int UNCERTAIN = 5_000;

  /** What a heap may hold more at the end than at first, bytes. */
  private static final long FLAT = 24 << 20;

  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Long> heaps = new ArrayList<>();
  private final List<Long> lengths = new ArrayList<>();

  @Test
  void streamsAndHeapAreFlatBesideHostileClients() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    List<String> arguments =
        new ArrayList<>(
            RouterProcess.arguments(
                schemas,
                TestRedis.sharedPort(),
                TestRedis.newPrefix(),
                "--crossfade.budget.body-patience=4s",
                "--crossfade.stream.append-timeout=5s",
                "--crossfade.stream.retention=" + RETENTION.toSeconds() + "s"));
    arguments.removeIf(argument -> argument.startsWith("--crossfade.rollout.initial"));
    arguments.add("--crossfade.rollout.initial=live");
    try (RouterProcess router = DocumentedRouter.start(arguments)) {
      Http http = router.http();
      List<Thread> hostile =
          List.of(
              again(i -> large(http, i)), again(i -> guess(http, i)), again(i -> number(http, i)));
      WellBehaved devices =
          new WellBehaved(http, "/upload_health_data", "SOAK", Math.max(1, RATE / ITEMS), ITEMS);
      try (devices;
          SlowCrowd slow = new SlowCrowd(router.port(), SLOW)) {
        await().atMost(PATIENCE).until(() -> devices.answered() > 200);
        look(router);
        await().atMost(PATIENCE).until(() -> slow.ended() > 0);
      } finally {
        over.set(true);
      }
      for (Thread one : hostile) {
        one.join();
      }
      System.out.printf(
          "soak: %d s, %,d uploads of %d records, %d refused; length of the stream %s; heap %s MiB;"
              + " resident %d MiB; p99 %.0f ms%n",
          SECONDS,
          devices.answered(),
          ITEMS,
          devices.refused(),
          lengths,
          heaps.stream().map(bytes -> bytes >> 20).toList(),
          router.residentKib() >> 10,
          devices.millis(0.99));
      assertThat(devices.failures()).isEmpty();
      assertThat(heaps.getLast()).as("heaps %s", heaps).isLessThan(heaps.getFirst() + FLAT);
      await("rows of what was accepted")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(DocumentedRouter.rows(schemas.stream()))
                      .containsAllEntriesOf(devices.accepted()));
      await("nothing held")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(router.sum("crossfade_budget_used")).isZero());
      assertThat(router.log()).doesNotContain("OutOfMemoryError");
    }
  }

  /** Looks every second until it is over. */
  private void look(RouterProcess router) throws Exception {
    TreeMap<Long, Double> appended = new TreeMap<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    for (int looks = 0; System.nanoTime() < end; looks++) {
      await().pollDelay(LOOK_EVERY).atMost(PATIENCE).until(() -> true);
      if (looks % LOOKS_A_COLLECTION == 0) {
        heaps.add(router.liveHeap());
      }
      long now = System.nanoTime();
      appended.put(now, router.sum("crossfade_stream_appended_total"));
      JsonNode health = health(router.http());
      long length = health.path("length").asLong();
      lengths.add(length);
      // A round may have been over before all was removed: its time is bounded.
      var before =
          appended.floorEntry(now - RETENTION.plus(UPKEEP_EVERY.multipliedBy(3)).toNanos());
      if (before != null) {
        assertThat((double) length)
            .as("%s", health)
            .isLessThanOrEqualTo(
                router.sum("crossfade_stream_appended_total")
                    - before.getValue()
                    + health.path("pending").asLong()
                    + health.path("lag").asLong()
                    + UNCERTAIN);
      }
    }
    heaps.add(router.liveHeap());
  }

  private static JsonNode health(Http http) {
    for (JsonNode stream : http.get("/api/stream_stats").json()) {
      if (stream.path("stream").asText().endsWith("health_data_stream")) {
        return stream;
      }
    }
    throw new AssertionError("no stream of health data");
  }

  private Thread again(IntConsumer attack) {
    return Thread.ofVirtual()
        .start(
            () -> {
              for (int i = 0; !over.get(); i++) {
                try {
                  attack.accept(i);
                } catch (IllegalStateException e) {
                  // It was cut off.
                }
              }
            });
  }

  private static void large(Http http, int i) {
    http.send(
        http.request("/upload_health_data")
            .POST(
                BodyPublishers.ofByteArray(
                    LargeUpload.body("LARGE" + i, List.of(400, 1, 5_000, 0).get(i % 4)))));
  }

  private static void guess(Http http, int i) {
    http.send(http.as("guess" + i % 9).request("/api/rollout").GET());
  }

  private static void number(Http http, int i) {
    http.post(
        "/upload_health_data",
        "{\"data\":{\"deviceSn\":\"NUMBER\",\"step\":1e99999999999,\"timestamp\":%d}}"
            .formatted(1_757_808_900L + i));
  }
}
