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
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
  private static final boolean MYSQL =
      "mysql".equals(System.getProperty("crossfade.test.database"));
  private static final int TIMES = Integer.getInteger("crossfade.campaign.rounds", 1);
  private static final int DEVICES = Integer.getInteger("crossfade.campaign.devices", 30);
  private static final long SEED =
      Long.getLong("crossfade.campaign.seed", new Random().nextLong(1_000_000));
  private static final List<String> STAGES = List.of("shadow", "canary 40", "live");
  private static final List<String> FLIPS = List.of("legacy", "shadow", "canary 70", "live");
  private static final Path HOME = Path.of("target", "campaign");
  private static final Path TABLE = HOME.resolve("table.md");

  private static final List<Round> ROUNDS = asked().toList();

  private static Site site;

  private Random random = new Random(SEED);

  @BeforeAll
  static void start() throws IOException {
    site =
        new Site(ROUNDS.stream().anyMatch(round -> round.faults().contains(Fault.MYSQL_DISK_FULL)));
    say(
        "seed %d, each fault %d times, %d devices, %s"
            .formatted(SEED, TIMES, DEVICES, MYSQL ? "MySQL 8.0" : "MariaDB 11.4"));
    say(Judgement.head());
  }

  @AfterAll
  static void stop() throws IOException {
    if (site != null) {
      site.close();
    }
  }

  static List<Round> rounds() {
    return ROUNDS;
  }

  private static Stream<Round> asked() {
    String asked = System.getProperty("crossfade.campaign.faults", "");
    return asked.isEmpty()
        ? Round.each(Boolean.getBoolean("crossfade.campaign.slow"))
        : asked.equals("short") ? Round.ofShortRun(MYSQL) : Round.named(asked);
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void whatTheProductSaysIsWhatTheDevicesKnow(Round round) throws Exception {
    random = new Random(SEED + round.number());
    Instant from = Instant.now().minusSeconds(20);
    try (Truth truth = new Truth(HOME.resolve(round.file()))) {
      Devices devices =
          new Devices(site.routers, truth, round.prefix(), DEVICES, SEED + round.number());
      Switches switches = site.switches;
      List<Strike> strikes = new ArrayList<>();
      site.awaitWhole();
      switches.enter("shadow");
      // Of the seconds around a change nobody can say whether a copy was meant to be.
      rest(3_000);
      devices.start();
      try {
        for (int time = 0; time < TIMES; time++) {
          for (Fault fault : round.faults()) {
            strikes.add(strike(fault, STAGES.get((time + fault.ordinal()) % STAGES.size())));
          }
        }
      } finally {
        devices.end();
        await("every device has done with its uploads")
            .atMost(PATIENCE)
            .until(() -> !devices.isRunning());
      }
      progress("the devices have ended");
      site.awaitWhole();
      await("all is written").atMost(PATIENCE).ignoreExceptions().until(site::drained);
      progress("all is written");
      awaitEveryPromise(round.prefix());
      progress("all is accounted for");
      Sabotage sabotage =
          Sabotage.of(
              site,
              truth.records(),
              Word.of(site, -1, round.prefix()),
              switches.notMirrored(),
              random);
      Word word = Word.of(site, compare(from), round.prefix());
      Judgement judgement =
          new Judgement(strikes, truth.records(), word, sabotage, switches.notMirrored());
      say(judgement.row(round, TIMES, devices.uploads()));
      judgement.errors().stream().limit(5).forEach(System.out::println);
      assertThat(judgement.errors()).as("seed %d, see %s", SEED, site.logs()).isEmpty();
      assertThat(switches.undone()).as("changes that were answered and did not stay").isEmpty();
      await("no loop has died").atMost(PATIENCE).ignoreExceptions().until(site::healthy);
    }
  }

  /** One strike at a random moment, with a rollback or flips meanwhile. */
  private Strike strike(Fault fault, String stage) throws Exception {
    Switches switches = site.switches;
    switches.enter(stage);
    rest(random.nextInt(500, 1_500));
    Thread flips = Thread.ofPlatform().unstarted(switchMeanwhile());
    if (!fault.switches()) {
      flips.start();
    }
    long from = System.currentTimeMillis();
    JarProcess victim = site.routers.get(random.nextInt(site.routers.size()));
    fault.strike(site, victim, random);
    Strike strike = new Strike(fault, victim.name(), from, System.currentTimeMillis());
    site.awaitWhole();
    long whole = System.currentTimeMillis();
    flips.join();
    switches.awaitAnswered();
    switches.enter(stage);
    rest(1_000);
    progress(
        "%s struck %s in %s, %.1f s until all was well, %.1f s in all"
            .formatted(
                fault,
                victim.name(),
                stage,
                (whole - from) / 1e3,
                (System.currentTimeMillis() - from) / 1e3));
    return strike;
  }

  private Runnable switchMeanwhile() {
    int after = random.nextInt(2_000);
    String to = FLIPS.get(random.nextInt(FLIPS.size()));
    boolean back = random.nextBoolean();
    return () -> {
      rest(after);
      if (back) {
        site.switches.rollBack();
      } else {
        site.switches.flip(to);
      }
    };
  }

  /** Until each record that was promised stands somewhere, and nothing comes any more. */
  private void awaitEveryPromise(String prefix) {
    List<Integer> seen = new ArrayList<>();
    await("what was lost is named")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .until(
            () -> {
              if (site.unaccounted()) {
                seen.clear();
                return false;
              }
              Word word = Word.of(site, -1, prefix);
              int known =
                  word.rows().values().stream().mapToInt(rows -> rows.size()).sum()
                      + word.letters().size()
                      + word.lost().values().stream().mapToInt(lost -> lost.size()).sum();
              seen.add(known);
              int quiet = 4;
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

  private static void progress(String line) {
    System.out.printf(
        "  %s %s%n", LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS), line);
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
