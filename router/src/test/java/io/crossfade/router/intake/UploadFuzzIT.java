package io.crossfade.router.intake;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.router.BodyMutator;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.TestComparisons;
import io.crossfade.router.TestRouterApplication;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Mutated bodies over all six endpoints of a real router, and an exact account of them. More of
 * them, or others: {@code -Dcrossfade.fuzz.bodies=200000 -Dcrossfade.fuzz.seed=7}.
 */
class UploadFuzzIT {

  private static final int BODIES = Integer.getInteger("crossfade.fuzz.bodies", 10_000);
  private static final long SEED = Long.getLong("crossfade.fuzz.seed", 25);
  private static final int CLIENTS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Of a journal: a mark, the stamp, the id. */
  private static final int ENTRY = 32;

  private static ConfigurableApplicationContext router;
  private static Http http;

  private final Map<Kind, AtomicLong> items = new TreeMap<>();
  private final Map<Kind, AtomicLong> accepted = new TreeMap<>();
  private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong counted = new AtomicLong();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                // The journal stays as it is written: it is the account.
                "--crossfade.accounting.every=5h",
                "--crossfade.accounting.entries="
                    + Math.min(1 << 24, Math.max(1 << 18, BODIES * 20)),
                // A machine that does ten other things keeps a client waiting for longer than a
                // device; a connection that is ended meanwhile leaves its upload without an answer.
                "--server.tomcat.keep-alive-timeout=1h",
                "--crossfade.budget.body-patience=5m",
                "--crossfade.budget.body-deadline=10m",
                // Each item is looked for.
                "--crossfade.letters.per-minute=2000000000",
                "--crossfade.letters.max-bytes=1TB",
                "--crossfade.letters.max-body=4MB",
                "--crossfade.rollout.automatic-rollback="));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    IdleBudget.closeOnceIdle(router);
  }

  @Test
  void everyItemBecomesARowARepeatOrALetterAndBothOutputsAreEqual() throws Exception {
    for (Kind kind : Kind.values()) {
      items.put(kind, new AtomicLong());
      accepted.put(kind, new AtomicLong());
    }
    BodyMutator mutator = new BodyMutator(seeds());
    Instant begin = Instant.now();
    AtomicInteger next = new AtomicInteger();
    List<Thread> clients = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      clients.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = next.getAndIncrement();
                        i < BODIES && faults.size() < 20;
                        i = next.getAndIncrement()) {
                      Random random = new Random(SEED * 1_000_003L + i);
                      Kind kind = Kind.values()[random.nextInt(3)];
                      send(
                          i, kind, random.nextBoolean(), mutator.body(random, kind, "F" + i + "-"));
                    }
                  }));
    }
    for (Thread client : clients) {
      client.join();
    }
    System.out.printf(
        "fuzz: seed %d, %d bodies in %d s; answers %s; items %s, accepted %s, failed %d; %d counted"
            + " by the oracle%n",
        SEED,
        BODIES,
        Duration.between(begin, Instant.now()).toSeconds(),
        statuses,
        items,
        accepted,
        failed.get(),
        counted.get());
    assertThat(faults).as("seed %d", SEED).isEmpty();
    await().atMost(PATIENCE).until(() -> TestComparisons.areDrained(router));
    everyAcceptedRecordIsARowOnce();
    everyOtherItemIsALetter();
    bothOutputsAreEqual(begin);
  }

  private void send(int number, Kind kind, boolean v2, byte[] body) {
    String path = UploadServlet.path(kind, v2);
    try {
      Http.Answer answer =
          http.send(http.request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
      while (answer.status() == 503
          && answer.raw().headers().firstValue("Retry-After").isPresent()) {
        statuses.computeIfAbsent(503, s -> new AtomicInteger()).incrementAndGet();
        answer = http.send(http.request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
      }
      statuses.computeIfAbsent(answer.status(), s -> new AtomicInteger()).incrementAndGet();
      if (answer.status() == 200) {
        account(kind, body, answer.json());
      } else if (answer.status() < 400 || answer.status() >= 500) {
        throw new IllegalStateException("answered " + answer.status());
      }
    } catch (RuntimeException | AssertionError e) {
      faults.add(
          "%d to %s: %s; body %s"
              .formatted(number, path, e, Base64.getEncoder().encodeToString(cut(body))));
    }
  }

  private void account(Kind kind, byte[] body, JsonNode answer) {
    JsonNode details = answer.path("details");
    boolean error = answer.path("status").asText().equals("error");
    int good =
        details.isMissingNode()
            ? (error ? 0 : 1)
            : details.path("success").asInt() + details.path("duplicate").asInt();
    int bad = details.isMissingNode() ? 1 - good : details.path("error").asInt();
    OptionalInt sent = ItemCount.of(kind, body);
    if (sent.isPresent()) {
      assertThat(good + bad).as("items of the answer %s", answer).isEqualTo(sent.getAsInt());
      counted.incrementAndGet();
    }
    requireNonNull(items.get(kind)).addAndGet(good + bad);
    requireNonNull(accepted.get(kind)).addAndGet(good);
    failed.addAndGet(bad);
  }

  private void everyAcceptedRecordIsARowOnce() throws Exception {
    Map<String, List<String>> journal = journal();
    for (String path : List.of("legacy", "stream")) {
      DataSource output = router.getBean(path + "DataSource", DataSource.class);
      for (Kind kind : Kind.values()) {
        List<String> noted = journal.getOrDefault(path + kind, List.of());
        long embedded = noted.size() - requireNonNull(accepted.get(kind)).get();
        // Only an event brings records that its own answer does not count: measurements.
        if (kind == Kind.HEALTH) {
          assertThat(embedded).as("%s: measurements that came with events", path).isPositive();
        } else {
          assertThat(embedded).as("%s %s that no answer speaks of", path, kind).isZero();
        }
        assertThat(rows(output, kind)).as("%s of %s", kind, path).isEqualTo(new TreeSet<>(noted));
      }
    }
  }

  private void everyOtherItemIsALetter() throws Exception {
    DataSource control = router.getBean("controlDataSource", DataSource.class);
    assertThat(
            TestOutputs.number(
                control, "SELECT COUNT(*) FROM dead_letter WHERE source <> 'INTAKE'"))
        .as("records that a database refuses")
        .isZero();
    long letters =
        TestOutputs.number(control, "SELECT COALESCE(SUM(attempts), 0) FROM dead_letter");
    assertThat((double) letters)
        .isEqualTo(
            router
                .getBean(MeterRegistry.class)
                .find(RouterMeter.UNREADABLE.id())
                .counters()
                .stream()
                .mapToDouble(Counter::count)
                .sum());
    long parts =
        TestOutputs.number(
            control,
            "SELECT COALESCE(SUM(attempts), 0) FROM dead_letter WHERE reason IN"
                + " ('FACT_UNREADABLE', 'HEALTH_DATA_UNREADABLE')");
    assertThat(failed.get()).as("letters of whole items").isBetween(letters - parts, letters);
    assertThat(failed.get()).isPositive();
    UploadReader reader = router.getBean(UploadReader.class);
    try (Connection connection = control.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT kind, body, first_at FROM dead_letter")) {
      while (row.next()) {
        assertThat(
                reader.reread(
                    Kind.valueOf(row.getString(1)),
                    row.getBytes(2),
                    row.getTimestamp(3).toInstant()))
            .as("a letter reads as its item did")
            .isEmpty();
      }
    }
  }

  private static void bothOutputsAreEqual(Instant begin) throws Exception {
    ComparisonResult result =
        TestComparisons.drained(
            router, new ComparisonWindow(begin.minusSeconds(60), Instant.now().plusSeconds(60)));
    for (List<TableResult> tables : result.tables().values()) {
      for (TableResult table : tables) {
        assertThat(table.differing()).as("%s", table).isZero();
        assertThat(table.matching()).as("%s", table).isPositive();
      }
    }
  }

  private static TreeSet<String> rows(DataSource output, Kind kind) throws Exception {
    String table =
        switch (kind.name()) {
          case "HEALTH" -> "t_user_health_data";
          case "DEVICE" -> "t_device_info_history";
          default -> "t_common_event";
        };
    TreeSet<String> ids = new TreeSet<>();
    try (Connection connection = output.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM " + table)) {
      while (row.next()) {
        ids.add(HexFormat.of().formatHex(row.getBytes(1)));
      }
    }
    return ids;
  }

  /** Ids of all acceptances, by path and kind, as the router noted them. */
  private static Map<String, List<String>> journal() throws IOException {
    Map<String, List<String>> ids = new HashMap<>();
    Path base = Path.of(router.getEnvironment().getProperty("crossfade.accounting.directory"));
    try (Stream<Path> files = Files.walk(base)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".journal")).toList()) {
        ByteBuffer entries = ByteBuffer.wrap(Files.readAllBytes(file));
        for (; entries.remaining() >= ENTRY; ) {
          long mark = entries.getLong();
          entries.getLong();
          byte[] id = new byte[16];
          entries.get(id);
          // The lowest byte says what an entry is: 1, an acceptance.
          if ((mark & 0xff) == 1) {
            String path = (mark >> 16 & 0xff) == 0 ? "legacy" : "stream";
            ids.computeIfAbsent(
                    path + Kind.values()[(int) (mark >> 8 & 0xff)], key -> new ArrayList<>())
                .add(HexFormat.of().formatHex(id));
          }
        }
      }
    }
    return ids;
  }

  private static Map<Kind, List<String>> seeds() throws IOException {
    Map<Kind, List<String>> seeds = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      seeds.put(kind, new ArrayList<>());
    }
    List<File> files =
        new ArrayList<>(List.of(new File("src/test/resources/payloads").listFiles()));
    files.sort(null);
    for (File file : files) {
      Kind kind =
          switch (file.getName().charAt(0)) {
            case 'h' -> Kind.HEALTH;
            case 'd' -> Kind.DEVICE;
            default -> Kind.EVENT;
          };
      requireNonNull(seeds.get(kind)).add(Files.readString(file.toPath()));
    }
    for (JsonNode one :
        new ObjectMapper().readTree(new File("src/test/resources/cases/cases.json"))) {
      for (Kind kind : Kind.values()) {
        if (UploadServlet.path(kind, false).equals("/" + one.path("endpoint").asText())) {
          requireNonNull(seeds.get(kind)).add(one.path("body").asText());
        }
      }
    }
    return seeds;
  }

  private static byte[] cut(byte[] body) {
    return body.length <= 3_000
        ? body
        : new String(body, 0, 3_000, StandardCharsets.ISO_8859_1)
            .getBytes(StandardCharsets.ISO_8859_1);
  }
}
