package io.crossfade.router.rehearsal;

import io.crossfade.db.DefinedKind;
import io.crossfade.db.Kind;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.kind.TableSpec;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.report.ComparisonReport;
import io.crossfade.router.Http;
import io.crossfade.router.TestComparisons;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * The migration in small, against the real thing: a fleet uploads while the traffic is turned up
 * and back and Redis dies, both paths drain, the outputs are compared, and a verdict is printed and
 * kept under {@code target/rehearsal}.
 */
public final class Rehearsal {

  private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(2);

  private final ConfigurableApplicationContext router;
  private final Fleet fleet;
  private final Drill drill;
  private final LegacyPath legacy;
  private final StreamHealth streams;

  /**
   * @param router in shadow; the properties {@code crossfade.rehearsal.devices} (200) and {@code
   *     crossfade.rehearsal.duration} (30s) set the fleet
   * @param redis its Redis, which dies on the way
   */
  public Rehearsal(ConfigurableApplicationContext router, TestRedis redis) {
    this.router = router;
    Environment environment = router.getEnvironment();
    Duration duration =
        environment.getProperty(
            "crossfade.rehearsal.duration", Duration.class, Duration.ofSeconds(30));
    this.fleet =
        new Fleet(
            URI.create("http://127.0.0.1:" + environment.getProperty("local.server.port")),
            environment.getProperty("crossfade.rehearsal.devices", Integer.class, 200),
            duration);
    this.drill = new Drill(Http.of(router), redis, duration);
    this.legacy = router.getBean(LegacyPath.class);
    this.streams = router.getBean(StreamHealth.class);
  }

  /**
   * What a rehearsal came to.
   *
   * @param passed whether the outputs agree on everything
   */
  public record Verdict(boolean passed, String report) {}

  /** Rehearses. Leaves the report behind as text and JSON. */
  public Verdict run() throws IOException, SQLException, InterruptedException {
    Instant from = Instant.now();
    System.out.printf("Rehearsal: %s%n", "uploads  retries  legacy holds  stream holds");
    fleet.start();
    Thread progress =
        Thread.ofVirtual()
            .start(() -> awaitWithProgress(Duration.ofHours(1), () -> !fleet.isRunning()));
    drill.run();
    progress.join();
    awaitWithProgress(DRAIN_TIMEOUT, () -> TestComparisons.areDrained(router));
    ComparisonResult result =
        TestComparisons.drained(router, new ComparisonWindow(from, Instant.now().plusMillis(1)));
    List<String> objections = objections(result);
    String report = report(result, objections);
    Path target = Files.createDirectories(Path.of("target", "rehearsal"));
    Files.writeString(target.resolve("report.txt"), report + "\n");
    Files.writeString(target.resolve("report.json"), ComparisonReport.json(result) + "\n");
    return new Verdict(objections.isEmpty(), report);
  }

  private void awaitWithProgress(Duration most, Callable<Boolean> done) {
    Awaitility.await()
        .atMost(most)
        .pollDelay(Duration.ZERO)
        .pollInterval(PROGRESS_EVERY)
        .until(
            () -> {
              System.out.printf(
                  "Rehearsal: %,7d  %,7d  %,12d  %,12d%n",
                  fleet.uploads(), fleet.retries(), held(), unacknowledged());
              return done.call();
            });
  }

  private long held() {
    return Arrays.stream(Kind.values()).mapToLong(legacy::held).sum();
  }

  /** Entries without a row; -1 while Redis does not answer. */
  private long unacknowledged() {
    try {
      return streams.stats().stream().mapToLong(stats -> stats.pending() + stats.lag()).sum();
    } catch (RedisException e) {
      return -1;
    }
  }

  /** What speaks against going on. */
  private List<String> objections(ComparisonResult result) throws SQLException {
    List<String> objections = new ArrayList<>(drill.objections());
    for (Kind kind : Kind.values()) {
      BigDecimal consistency = result.consistency(kind).orElse(BigDecimal.ZERO);
      if (consistency.compareTo(BigDecimal.valueOf(100)) != 0) {
        objections.add("%s: the outputs differ".formatted(kind.label()));
      }
      if (kind.definition() instanceof DefinedKind) {
        result.of(kind).forEach(table -> objectTo(table, objections));
        continue;
      }
      TableResult table = result.of(kind).getFirst();
      long rows = table.compared() + table.notMirrored();
      long least = fleet.distinct(kind);
      if (rows < least || rows > least + fleet.untimed(kind)) {
        objections.add(
            "%s: %d records were accepted, and up to %d without a time, but there are %d rows"
                .formatted(kind.label(), least, fleet.untimed(kind), rows));
      }
    }
    long letters = fleet.defined().letters();
    long kept = router.getBean(DeadLetters.class).count();
    // Among the watches' shapes are some of which letters come, too.
    if (Kind.all().contains(Kind.HEALTH) ? kept < letters : kept != letters) {
      objections.add("%d items were no records, but %d letters are kept".formatted(letters, kept));
    }
    fleet.surprises().forEach(surprise -> objections.add("unexpected answer to " + surprise));
    return objections;
  }

  private void objectTo(TableResult table, List<String> objections) {
    long rows = table.compared() + table.notMirrored();
    long expected = fleet.defined().rows(table.table());
    if (rows != expected) {
      objections.add(
          "%s: what was accepted makes %d rows, but there are %d"
              .formatted(table.table(), expected, rows));
    }
  }

  private String report(ComparisonResult result, List<String> objections) {
    StringBuilder report = new StringBuilder();
    report.append(
        "%n%,d uploads, %,d of them asked to retry%n".formatted(fleet.uploads(), fleet.retries()));
    for (Kind kind : Kind.values()) {
      if (kind.definition() instanceof DefinedKind defined) {
        for (TableSpec table : defined.spec().tables()) {
          report.append(
              "%-8s %,d rows of %s must be there%n"
                  .formatted(kind.label(), fleet.defined().rows(table.name()), table.name()));
        }
        continue;
      }
      report.append(
          "%-8s %,d records with a time of their own and %,d without were accepted%n"
              .formatted(kind.label(), fleet.distinct(kind), fleet.untimed(kind)));
    }
    objections.forEach(objection -> report.append("OBJECTION ").append(objection).append('\n'));
    return report
        .append("verdict %s%n".formatted(objections.isEmpty() ? "PASS" : "FAIL"))
        .append(ComparisonReport.text(result))
        .toString();
  }
}
