package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kind files in README.md and what is sent to them, as they stand there. */
class ReadmeKindsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir private Path directory;

  @Test
  void theFilesMakeRowsOfTheUploads() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    List<String> kinds = found(readme, "```yaml\n((?:#[^\n]*\n)?kinds:\n[^`]*)```");
    assertThat(kinds).hasSize(2);
    DbSettings schemas = TestDatabase.newSchemas();
    List<String> arguments =
        new ArrayList<>(
            RouterProcess.arguments(schemas, TestRedis.sharedPort(), TestRedis.newPrefix()));
    List<String> files = new ArrayList<>();
    for (String kind : kinds) {
      files.add("file:" + Files.writeString(directory.resolve(files.size() + ".yaml"), kind));
    }
    arguments.add("--crossfade.kinds=" + String.join(",", files));
    try (RouterProcess router = new RouterProcess(RouterApplication.class, arguments)) {
      String one = "{\"accepted\":1,\"repeated\":0,\"dead_lettered\":0}";
      String visit = found(readme, "curl -d '(.+)' localhost:8080/upload_visits").getFirst();
      assertThat(router.http().post("/upload_visits", visit).raw().body()).isEqualTo(one);
      String parcel = found(readme, "```json\n([^`]*\"parcels\"[^`]*)```").getFirst();
      assertThat(router.http().post("/upload_parcels", parcel).raw().body()).isEqualTo(one);
      // As the comment beside it says.
      String plain =
          "{\"parcel\":\"P-2\",\"scan\":{\"at\":\"2026-11-27 09:00:00\"},\"customer\":7}";
      assertThat(router.http().post("/upload_parcels", plain).raw().body()).isEqualTo(one);

      String legacy = TestDatabase.nameOf(schemas.legacy());
      awaitRows(
          "SELECT visitor, page, at FROM %s.visits", legacy, "v-17 /prices 2026-11-27 08:15:00");
      awaitRows(
          "SELECT parcel, scanned, customer, depot, state, weight_kg, tags FROM %s.parcels"
              + " ORDER BY parcel",
          legacy,
          "P-1 2026-11-27 08:15:00 42 BER1 ARRIVED 1.250 [\"fragile\",\"gift\"]",
          "P-2 2026-11-27 09:00:00 7");
      awaitRows(
          "SELECT parcel, scanned, customer, sku, quantity, price FROM %s.parcel_items ORDER BY"
              + " sku",
          legacy, "P-1 2026-11-27 08:15:00 42 X-9 2 6.25", "P-1 2026-11-27 08:15:00 42 Y-1 1");
      awaitRows(
          "SELECT parcel, since, customer, state FROM %s.parcel_now ORDER BY parcel",
          legacy, "P-1 2026-11-27 08:15:00 42 ARRIVED", "P-2 2026-11-27 09:00:00 7");
    }
  }

  private static void awaitRows(String sql, String schema, String... expected) {
    String joined = sql.replaceFirst("SELECT (.+) FROM", "SELECT CONCAT_WS(' ', $1) FROM");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(TestDatabase.query(joined.formatted(schema))).containsExactly(expected));
  }

  private static List<String> found(String text, String pattern) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    assertThat(found).as(pattern).isNotEmpty();
    return found;
  }
}
