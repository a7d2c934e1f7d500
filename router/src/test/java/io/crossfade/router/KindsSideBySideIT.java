package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.StreamWorker;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes with an older and a newer file of kinds on the same schemas and streams, as while a
 * change of the file is rolled out.
 */
class KindsSideBySideIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String OLDER =
      """
      kinds:
        - name: visits
          code: 20
          fields:
            - number: { type: text(40), from: number }
            - at: instant
            - shop: text(20)
          identity: number
          time: at
          cohort: shop
          tables: [visits]
      """;

  /** A field more, before another one; an alias more; a kind more. */
  private static final String NEWER =
      """
      kinds:
        - name: visits
          code: 20
          fields:
            - number: { type: text(40), from: [number, no] }
            - note: text(80)
            - at: instant
            - shop: text(20)
          identity: number
          time: at
          cohort: shop
          tables: [visits]
        - name: returns
          code: 21
          fields:
            - number: text(40)
            - at: instant
            - shop: text(20)
          identity: number
          time: at
          cohort: shop
          tables: [returns]
      """;

  @TempDir private Path directory;

  @Test
  void fieldAnAliasAndAKindAreAddedWhileOldProcessesWorkOn() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    String prefix = TestRedis.newPrefix();
    try (RouterProcess old = start(RouterApplication.class, schemas, prefix, OLDER)) {
      Http before = old.http();
      visits(before, "/upload_visits_v2", 0, "");
      try (RouterProcess fresh = start(RouterApplication.class, schemas, prefix, NEWER)) {
        Http after = fresh.http();
        // Both consume: what the newer one says more must not be lost on the older one's way.
        for (int round = 1; round <= 5; round++) {
          visits(before, "/upload_visits_v2", round * 100, "");
          visits(after, "/upload_visits_v2", round * 100 + 50, ",\"note\":\"n\"");
        }
        assertThat(
                after
                    .post(
                        "/upload_visits",
                        "{\"no\":\"V-ALIAS\",\"at\":\"2026-11-27T08:00:00Z\",\"shop\":\"s\"}")
                    .status())
            .isEqualTo(200);
        assertThat(
                after
                    .post(
                        "/upload_returns_v2",
                        "{\"number\":\"R-1\",\"at\":\"2026-11-27T08:00:00Z\",\"shop\":\"s\"}")
                    .status())
            .isEqualTo(200);
        for (DbSettings.Schema output : List.of(schemas.legacy(), schemas.stream())) {
          await()
              .atMost(PATIENCE)
              .untilAsserted(
                  () ->
                      assertThat(
                              counts(
                                  output,
                                  "SELECT CONCAT_WS(' ', COUNT(*), SUM(note = 'n')) FROM %s.visits",
                                  "SELECT COUNT(*) FROM %s.returns"))
                          .as(old.log())
                          .containsExactly("111 50", "1"));
        }
        assertThat(counts(schemas.control(), "SELECT COUNT(*) FROM %s.dead_letter"))
            .containsExactly("0");
        assertThat(old.isAlive()).isTrue();
      }
    }
  }

  /**
   * An entry that has waited for a newer process for over an hour, told by its id, waits no more.
   */
  @Test
  void entryThatNoNewerProcessTakesInTimeIsALetter() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    String other = TestRedis.newPrefix();
    String prefix = TestRedis.newPrefix();
    try (RouterProcess fresh =
        start(RouterApplication.class, schemas, other, NEWER, "--crossfade.stream.consume=false")) {
      visits(fresh.http(), "/upload_visits_v2", 0, ",\"note\":\"n\"");
    }
    try (RedisClient client =
            RedisClient.create(RedisURI.create("127.0.0.1", TestRedis.sharedPort()));
        var redis = client.connect(ByteArrayCodec.INSTANCE)) {
      var entry = redis.sync().xrange(bytes(other + "visits_stream"), Range.unbounded()).getFirst();
      redis
          .sync()
          .xadd(bytes(prefix + "visits_stream"), new XAddArgs().id("1000-0"), entry.getBody());
    }
    try (RouterProcess old = start(RouterApplication.class, schemas, prefix, OLDER)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(counts(schemas.control(), "SELECT reason FROM %s.dead_letter"))
                      .as(old.log())
                      .containsExactly(
                          "It has the field note, which this process' definition of visits has"
                              + " not"));
    }
  }

  @Test
  void tablesThatAreNotWhatTheFileSaysAreRefusedByColumn() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    String prefix = TestRedis.newPrefix();
    try (RouterProcess router = start(RouterApplication.class, schemas, prefix, OLDER)) {
      router.http();
    }
    execute("ALTER TABLE %s.visits MODIFY shop VARCHAR(10), DROP COLUMN at", schemas.stream());
    try (RouterProcess router = start(RouterApplication.class, schemas, prefix, OLDER)) {
      await().atMost(PATIENCE).until(() -> !router.isAlive());
      assertThat(router.log())
          .contains("visits.shop is varchar(10), not varchar(20)")
          .contains("visits.at is missing: `at` DATETIME NOT NULL");
    }
  }

  @Test
  void workerWritesWhatItsFileSays() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    String prefix = TestRedis.newPrefix();
    try (RouterProcess router =
        start(
            RouterApplication.class, schemas, prefix, OLDER, "--crossfade.stream.consume=false")) {
      visits(router.http(), "/upload_visits_v2", 0, "");
      try (RouterProcess worker = start(StreamWorker.class, schemas, prefix, OLDER)) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(counts(schemas.stream(), "SELECT COUNT(*) FROM %s.visits"))
                        .as(worker.log())
                        .containsExactly("10"));
      }
    }
  }

  /** Ten visits from a number on. */
  private static void visits(Http http, String path, int from, String more) {
    for (int i = from; i < from + 10; i++) {
      Http.Answer answer =
          http.post(
              path,
              "{\"number\":\"V-%d\",\"at\":\"2026-11-27T08:00:00Z\",\"shop\":\"s%d\"%s}"
                  .formatted(i, i, more));
      assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private RouterProcess start(
      Class<?> main, DbSettings schemas, String prefix, String kinds, String... more)
      throws IOException {
    Path file = Files.createTempFile(directory, "kinds", ".yaml");
    Files.writeString(file, kinds);
    List<String> arguments =
        new ArrayList<>(RouterProcess.arguments(schemas, TestRedis.sharedPort(), prefix, more));
    arguments.add("--crossfade.kinds=file:" + file);
    return new RouterProcess(main, arguments);
  }

  private static List<String> counts(DbSettings.Schema schema, String... queries)
      throws SQLException {
    List<String> counts = new ArrayList<>();
    for (String sql : queries) {
      counts.addAll(TestDatabase.query(sql.formatted(TestDatabase.nameOf(schema))));
    }
    return counts;
  }

  private static void execute(String sql, DbSettings.Schema schema) throws SQLException {
    TestDatabase.execute(sql.formatted(TestDatabase.nameOf(schema)));
  }
}
