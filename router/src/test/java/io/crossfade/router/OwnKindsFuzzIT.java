package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Mutated bodies of a kind by file: never a 500; each item of an answer is a row, a repeat or a
 * letter; both outputs hold the same; and no letter reads when it is read again. {@code
 * -Dcrossfade.fuzz.bodies}, {@code -Dcrossfade.fuzz.seed}.
 */
class OwnKindsFuzzIT {

  private static final int BODIES = Integer.getInteger("crossfade.fuzz.bodies", 1_000);
  private static final long SEED = Long.getLong("crossfade.fuzz.seed", 25);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final List<String> NAMES =
      List.of(
          "orders",
          "order_no",
          "changed",
          "customer",
          "customer_no",
          "id",
          "shop",
          "state",
          "amount",
          "weight",
          "express",
          "deliver_on",
          "card",
          "source",
          "lines",
          "sku",
          "quantity",
          "price",
          "data");

  private static final String ORDER =
      """
      {"order_no":"%1$s-%2$d","changed":"2026-11-2%2$dT08:00:00Z","customer":{"id":%2$d},\
      "state":"paid","amount":"12.50","express":%3$s,"card":"00ff","deliver_on":"2026-12-01",\
      "weight":1.5,"source":{"till":[1,2]},\
      "lines":[{"sku":"X-1","quantity":2,"price":6.25},{"sku":"X-2","quantity":1}]}\
      """;

  /** What tells both outputs apart is in no column but these. */
  private static final List<String> ROWS =
      List.of(
          "SELECT CONCAT_WS('|', HEX(id), stamp, order_no, changed, customer, shop, state, amount,"
              + " weight, express, deliver_on, HEX(card), source) FROM %s.orders ORDER BY id",
          "SELECT CONCAT_WS('|', HEX(id), order_no, changed, sku, quantity, price)"
              + " FROM %s.order_lines ORDER BY id",
          "SELECT CONCAT_WS('|', HEX(id), order_no, since, customer_no, state)"
              + " FROM %s.order_state ORDER BY id");

  private final DbSettings schemas = TestDatabase.newSchemas();

  private long accepted;
  private long letters;

  @Test
  void everyItemBecomesARowARepeatOrALetterAndBothOutputsAreEqual() throws Exception {
    try (RouterProcess router = start()) {
      Http http = router.http();
      int[] statuses = new int[600];
      List<String> faults = new ArrayList<>();
      for (int i = 0; i < BODIES && faults.size() < 20; i++) {
        Random random = new Random(SEED * 1_000_003L + i);
        byte[] body = BodyMutator.mutated(random, seed(random, "F" + i), NAMES);
        Http.Answer answer = send(http, body);
        for (; answer.status() == 503; answer = send(http, body)) {
          statuses[503]++;
        }
        statuses[answer.status()]++;
        String said = account(answer);
        if (!said.isEmpty()) {
          faults.add("%s: %s".formatted(said, Base64.getEncoder().encodeToString(body)));
        }
      }
      System.out.printf(
          "fuzz of orders: seed %d, %d bodies, %d × 200, %d × 400, %d × 422; accepted %d,"
              + " letters %d%n",
          SEED, BODIES, statuses[200], statuses[400], statuses[422], accepted, letters);
      assertThat(faults).as("seed %d", SEED).isEmpty();
      assertThat(accepted).isPositive();
      assertThat(letters).isPositive();

      bothOutputsHoldTheSame();
      long rows = count(schemas.legacy(), "SELECT COUNT(*) FROM %s.orders");
      assertThat(rows).isPositive().isLessThanOrEqualTo(accepted);
      assertThat(
              count(
                  schemas.control(),
                  "SELECT COALESCE(SUM(attempts), 0) FROM %s.dead_letter WHERE source = 'INTAKE'"))
          .as("letters of items, each as often as it was sent")
          .isEqualTo(letters);
      assertThat(
              count(
                  schemas.control(),
                  "SELECT COUNT(*) FROM %s.dead_letter WHERE source <> 'INTAKE'"))
          .as("records that a database refuses")
          .isZero();
      noLetterReadsWhenItIsReadAgain(http);
      assertThat(count(schemas.legacy(), "SELECT COUNT(*) FROM %s.orders")).isEqualTo(rows);
      assertThat(router.log()).doesNotContain(" ERROR ");
    }
  }

  /** What is wrong with an answer; nothing when it is as it should be. */
  private String account(Http.Answer answer) {
    return switch (answer.status()) {
      case 200, 422 -> {
        JsonNode counts = answer.json();
        accepted += counts.path("accepted").asLong();
        letters += counts.path("dead_lettered").asLong();
        yield counts.hasNonNull("accepted") && counts.hasNonNull("dead_lettered")
            ? ""
            : "no counts in " + counts;
      }
      case 400 -> "";
      default -> "answered " + answer.status();
    };
  }

  private void bothOutputsHoldTheSame() {
    for (String rows : ROWS) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                List<String> legacy = rows(schemas.legacy(), rows);
                assertThat(legacy).isNotEmpty().isEqualTo(rows(schemas.stream(), rows));
                assertThat(legacy).doesNotHaveDuplicates();
              });
    }
  }

  private void noLetterReadsWhenItIsReadAgain(Http http) throws SQLException {
    for (String letter :
        rows(
            schemas.control(),
            "SELECT CONCAT_WS(' ', LOWER(HEX(dead_key)), reason, body) FROM %s.dead_letter"
                + " LIMIT 500")) {
      String key = letter.substring(0, 32);
      Http.Answer answer =
          http.call("POST", "/api/dead-letters/intake/" + key + "/redrive", "{\"reason\":\"try\"}");
      assertThat(answer.raw().body()).as(letter).contains("still-dead");
    }
  }

  private static String seed(Random random, String name) {
    List<String> orders = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      orders.add(ORDER.formatted(name, 1 + random.nextInt(3), random.nextBoolean()));
    }
    return switch (random.nextInt(4)) {
      case 0 -> orders.getFirst();
      case 1 -> "[" + String.join(",", orders) + "]";
      case 2 -> String.join("\n", orders);
      default -> "{\"shop\":{\"id\":7},\"orders\":[" + String.join(",", orders) + "]}";
    };
  }

  private RouterProcess start() {
    List<String> arguments =
        new ArrayList<>(
            RouterProcess.arguments(schemas, TestRedis.sharedPort(), TestRedis.newPrefix()));
    arguments.add("--crossfade.kinds=file:examples/orders/orders.yaml");
    arguments.add("--crossfade.letters.per-minute=2000000000");
    arguments.add("--crossfade.letters.max-body=4MB");
    return new RouterProcess(RouterApplication.class, arguments);
  }

  private static Http.Answer send(Http http, byte[] body) {
    return http.send(
        http.request("/upload_orders").POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private static long count(DbSettings.Schema schema, String sql) throws SQLException {
    return Long.parseLong(rows(schema, sql).getFirst());
  }

  private static List<String> rows(DbSettings.Schema schema, String sql) throws SQLException {
    return TestDatabase.query(sql.formatted(TestDatabase.nameOf(schema)));
  }
}
