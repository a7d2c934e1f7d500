package io.crossfade.router.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.router.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The campaign: real servers, the packaged jars, faults under load, and at the end the product's
 * own word against what the devices know, record by record. {@code -Dcrossfade.campaign.rounds} (1)
 * strikes of each fault, {@code -Dcrossfade.campaign.faults} some by name, {@code
 * -Dcrossfade.campaign.slow=true} those of 40 s too, {@code -Dcrossfade.campaign.seed}. The table
 * is left in {@code target/campaign/table.md}.
 */
class CampaignFaultIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int ROUNDS = Integer.getInteger("crossfade.campaign.rounds", 1);
  private static final int DEVICES = Integer.getInteger("crossfade.campaign.devices", 30);
  private static final long SEED =
      Long.getLong("crossfade.campaign.seed", new Random().nextLong(1_000_000));
  private static final List<String> STAGES = List.of("shadow", "canary 40", "live");
  private static final Path TABLE = Path.of("target", "campaign", "table.md");

  private static Site site;

  private final Random random = new Random(SEED);
  private final List<Judgement.Moment> notMirrored = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    site = new Site();
    say("seed %d, %d rounds".formatted(SEED, ROUNDS));
    say(Judgement.head());
  }

  @AfterAll
  static void stop() throws IOException {
    if (site != null) {
      site.close();
    }
  }

  static Stream<Fault> faults() {
    String asked = System.getProperty("crossfade.campaign.faults", "");
    boolean slow = Boolean.getBoolean("crossfade.campaign.slow");
    return Arrays.stream(Fault.values())
        .filter(
            fault ->
                asked.isEmpty()
                    ? slow || !fault.slow()
                    : List.of(asked.split(",")).contains(fault.name()));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatTheProductSaysIsWhatTheDevicesKnow(Fault fault) throws Exception {
    Instant from = Instant.now().minusSeconds(20);
    String prefix = "%c%02d".formatted('F', fault.ordinal());
    try (Truth truth =
        new Truth(
            Path.of(
                "target",
                "campaign",
                fault.name().toLowerCase(java.util.Locale.ROOT) + ".truth.jsonl"))) {
      Devices devices = new Devices(site.routers, truth, prefix, DEVICES, SEED + fault.ordinal());
      site.awaitWhole();
      site.enter("shadow");
      // Of the seconds around a change nobody can say whether a copy was meant to be.
      rest(3_000);
      devices.start();
      for (int round = 0; round < ROUNDS; round++) {
        strike(fault, STAGES.get((round + fault.ordinal()) % STAGES.size()));
      }
      devices.end();
      await("every device has done with its uploads")
          .atMost(PATIENCE)
          .until(() -> !devices.isRunning());
      await("all is written").atMost(PATIENCE).ignoreExceptions().until(site::drained);
      awaitEveryPromise(truth, prefix);
      Sabotage sabotage =
          Sabotage.of(site, truth.records(), Word.of(site, -1, prefix), notMirrored, random);
      Word word = Word.of(site, compare(from), prefix);
      Judgement judgement = new Judgement(fault, truth.records(), word, sabotage, notMirrored);
      say(judgement.row(ROUNDS, devices.uploads()));
      assertThat(judgement.errors()).as("seed %d, see %s", SEED, site.logs()).isEmpty();
    }
  }

  /** One strike at a random moment, with flips around it. */
  private void strike(Fault fault, String stage) throws Exception {
    site.enter(stage);
    rest(random.nextInt(500, 1_500));
    Thread flips = null;
    if (random.nextBoolean()) {
      int after = random.nextInt(2_000);
      flips = Thread.ofPlatform().start(() -> rollBackAndReturn(after, stage));
    }
    fault.strike(site, random);
    site.awaitWhole();
    if (flips != null) {
      flips.join();
    }
    rest(1_000);
  }

  private void rollBackAndReturn(int afterMillis, String stage) {
    rest(afterMillis);
    long from = System.currentTimeMillis();
    for (JarProcess router : site.routers) {
      try {
        Http.Answer answer =
            router
                .http()
                .call(
                    "POST", "/api/rollout/rollbacks", "{\"kind\":\"all\",\"reason\":\"campaign\"}");
        if (answer.status() == 200) {
          break;
        }
      } catch (IllegalStateException e) {
        // this one is down: the other is asked
      }
    }
    site.awaitWhole();
    site.enter(stage);
    notMirrored.add(new Judgement.Moment(from - 3_000, System.currentTimeMillis() + 3_000));
  }

  /** Until each record that was promised stands somewhere, and nothing comes any more. */
  private void awaitEveryPromise(Truth truth, String prefix) {
    List<Integer> seen = new ArrayList<>();
    await("what was lost is named")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .until(
            () -> {
              Word word = Word.of(site, -1, prefix);
              int known =
                  word.rows().values().stream().mapToInt(rows -> rows.size()).sum()
                      + word.letters().size()
                      + word.lost().values().stream().mapToInt(lost -> lost.size()).sum();
              seen.add(known);
              int quiet = 8;
              return seen.size() > quiet && seen.get(seen.size() - quiet) == known;
            });
  }

  /** What the product's own comparison is numbered as. */
  private long compare(Instant from) throws SQLException {
    Instant to = Instant.now();
    String window = "{\"from\":\"%s\",\"to\":\"%s\"}".formatted(from, to);
    Http api = site.api();
    long before = newest();
    await("the comparison begins")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> api.call("POST", "/api/reconciler/runs", window).status() < 300);
    long[] run = new long[1];
    await("the comparison ends")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              for (JsonNode one : api.get("/api/reconciler?limit=50").json().path("runs")) {
                if (one.path("origin").asText().equals("ON_DEMAND")
                    && one.path("id").asLong() > before
                    && one.path("finished").asBoolean()) {
                  run[0] = one.path("id").asLong();
                  return true;
                }
              }
              return false;
            });
    return run[0];
  }

  private long newest() {
    long newest = 0;
    for (JsonNode one : site.api().get("/api/reconciler?limit=1").json().path("runs")) {
      newest = one.path("id").asLong();
    }
    return newest;
  }

  private static void say(String line) {
    System.out.println(line);
    try {
      Files.createDirectories(TABLE.getParent());
      Files.writeString(TABLE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void rest(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
