package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;

/** Who did what. */
class AuditIT {

  private static ConfigurableApplicationContext router;
  private static Http http;
  private static AuditLog audit;

  @BeforeAll
  static void start() {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
    audit = router.getBean(AuditLog.class);
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void whateverAPersonDoesIsKept() throws Exception {
    long version = http.get("/api/rollout").json().path("version").asLong();
    String change =
        "{\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":10,\"force\":true,\"reason\":\"=begin\",\"ticket\":\"OPS-7\","
            + "\"version\":%d,\"dryRun\":%b}";
    int before = acts("").size();
    assertThat(call("POST", "/api/rollout/changes", change.formatted(version, true)))
        .isEqualTo(200);
    assertThat(call("POST", "/api/rollout/changes", change.formatted(version - 1, false)))
        .as("decided on what is old")
        .isEqualTo(409);
    assertThat(acts("")).as("a dry run and a refusal change nothing").hasSize(before);
    assertThat(call("POST", "/api/rollout/changes", change.formatted(version, false)))
        .isEqualTo(200);
    JsonNode changed = acts("action=flags&kind=health").getFirst();
    assertThat(changed.path("actor").asText()).isEqualTo("operator");
    assertThat(changed.path("detail").asText())
        .isEqualTo("operator: shadow → canary 10 %, forced, ticket OPS-7");
    assertThat(changed.path("reason").asText()).isEqualTo("=begin");
    assertThat(changed.path("object").asText()).isEqualTo("version " + (version + 1));
    assertThat(changed.path("page").asText()).isEqualTo("/console/rollout");

    assertThat(
            call(
                "POST",
                "/api/rollout/opt-in",
                "{\"kind\":\"event\",\"on\":false,\"reason\":\"quiet\",\"version\":%d}"
                    .formatted(version + 1)))
        .isEqualTo(200);
    assertThat(acts("kind=event&action=flags").getFirst().path("detail").asText())
        .isEqualTo("operator: shadow → shadow, opt-in off");
    JsonNode rolled =
        http.call("POST", "/api/rollout/rollbacks", "{\"kind\":\"health\",\"reason\":\"it burns\"}")
            .json();
    JsonNode rollback =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> acts("kind=health&action=FLAGS").getFirst(),
                act -> act.path("reason").asText().equals("it burns"));
    assertThat(http.get("/api/rollout/rollbacks/" + rollback.path("receipt").asText()).status())
        .as("%s of %s", rollback, rolled)
        .isEqualTo(200);

    assertActs("HOLD", "PUT", "/api/rollout/holds", "{\"kind\":\"health\",\"reason\":\"wait\"}");
    assertActs("RELEASE", "DELETE", "/api/rollout/holds/health", "");
    assertThat(http.call("DELETE", "/api/rollout/holds/health", "").json().path("acts"))
        .as("again")
        .isEmpty();
    assertThat(acts("action=release")).as("there was one hold").hasSize(1);
    assertActs("PAUSE", "PUT", "/api/reconciler/pause", "{\"reason\":\"backup\"}");
    assertActs("RESUME", "DELETE", "/api/reconciler/pause", "");
    JsonNode asked =
        assertActs(
            "RUN",
            "POST",
            "/api/reconciler/runs",
            "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:01:00Z\"}");
    assertThat(http.get("/api/reconciler/runs/" + asked.path("run").asText()).status())
        .as("%s", asked)
        .isEqualTo(200);
    assertThat(
            call(
                "POST",
                "/api/reconciler/rules",
                "{\"kind\":\"health\",\"device\":\"D-1\",\"reason\":\"test\",\"until\":\"2099-01-01T00:00:00Z\"}"))
        .isEqualTo(200);
    String rule = acts("action=rule").getFirst().path("object").asText();
    assertActs(
        "RULE_ENDED", "DELETE", "/api/reconciler/rules/" + rule.substring("rule ".length()), "");
    letters();
    try (ConsoleClient client = ConsoleClient.of(router)) {
      client.logIn("operator", "not this one");
      client.logIn("this-is-my-password", "not this one");
      client.logIn("viewer");
      assertThat(client.post("/console/logout", true)).isEqualTo(302);
      client.logIn("viewer");
      assertThat(client.page("/console/audit")).contains("it burns", "OPS-7", "backup");
      assertThat(client.page("/console/audit?action=pause&lang=zh-CN"))
          .contains("backup", "暂停比较")
          .as("the other language of the same")
          .contains("href=\"?action=pause&amp;lang=en\"")
          .doesNotContain("it burns");
      assertThat(client.page("/console/audit/" + changed.path("id").asLong()))
          .contains("OPS-7")
          .doesNotContain("it burns");
    }
    TreeSet<Action> wanted = new TreeSet<>(Arrays.asList(Action.values()));
    // RepairSelectionIT has the one, the other is of routers that died.
    wanted.removeAll(List.of(Action.REPAIR, Action.ROUTER_FORGOTTEN));
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              TreeSet<Action> kept = new TreeSet<>();
              acts("limit=1000")
                  .forEach(act -> kept.add(Action.valueOf(act.path("action").asText())));
              assertThat(kept).containsAll(wanted);
            });
    assertThat(acts("action=login-failed"))
        .extracting(act -> act.path("actor").asText())
        .contains("operator", "unknown")
        .doesNotContain("this-is-my-password");
    String csv = http.get("/api/audit/acts.csv?kind=health").raw().body();
    assertThat(csv).startsWith("id,at,actor,action,kind,").contains("'=begin", "it burns");
    assertThat(http.as(null).get("/api/audit").status()).isEqualTo(401);
    assertThat(http.as("viewer").get("/api/audit").status()).isEqualTo(200);
    assertThat(http.get("/api/audit/999999999").status()).isEqualTo(404);
    assertThat(http.get("/api/audit?action=nonsense").status()).isEqualTo(400);
  }

  /** Its answer names the entry that it made. */
  private static JsonNode assertActs(String action, String method, String path, String body) {
    JsonNode answer = http.call(method, path, body).json();
    assertThat(
            http.get("/api/audit/" + answer.at("/acts/0").asText()).json().path("action").asText())
        .as("%s", answer)
        .isEqualTo(action);
    return answer;
  }

  /** Every filter against the slow list, a few at a time. */
  @Test
  void filtersAndPagesLeaveNothingOut() {
    List<@Nullable Kind> kinds = new ArrayList<>(Kind.all());
    kinds.add(null);
    Instant then = Instant.parse("2020-01-01T00:00:00Z");
    for (int i = 0; i < 60; i++) {
      audit.keep(
          Act.of("person-" + i % 3, Action.values()[i % 4])
              .at(then.plusSeconds(i % 7))
              .ofKind(kinds.get(i % kinds.size()))
              .because("=" + i));
    }
    List<AuditLog.Entry> all =
        audit.newest(new AuditLog.Filter(null, null, null, then, then.plusSeconds(7)), null, 1_000);
    assertThat(all).hasSize(60);
    for (int i = 0; i < 40; i++) {
      String actor = i % 2 == 0 ? null : "person-" + i % 3;
      Action action = i % 5 == 0 ? null : Action.values()[i % 4];
      Kind kind = kinds.get(i % kinds.size());
      Instant from = i % 3 == 0 ? null : then.plusSeconds(i % 7);
      Predicate<AuditLog.Entry> slow =
          entry ->
              (actor == null || entry.act().actor().equals(actor))
                  && (action == null || entry.act().action() == action)
                  && (kind == null || kind.name().equals(entry.act().kind()))
                  && (from == null || !entry.at().isBefore(from));
      AuditLog.Filter filter =
          new AuditLog.Filter(
              actor, action, kind == null ? null : kind.name(), from, then.plusSeconds(7));
      List<AuditLog.Entry> found = new ArrayList<>();
      List<AuditLog.Entry> page = audit.newest(filter, null, 3);
      while (!page.isEmpty()) {
        found.addAll(page);
        page = audit.newest(filter, page.getLast().id(), 3);
      }
      assertThat(found).as("%s", filter).isEqualTo(all.stream().filter(slow).toList());
    }
  }

  /** Strangers write there. */
  @Test
  void failedLoginsOfAnHourAreBounded() {
    Instant[] now = {Instant.parse("2019-01-01T00:00:00Z")};
    LoginAudit logins =
        new LoginAudit(audit, router.getBean("operators", Operators.class), () -> now[0]);
    AuditLog.Filter failed =
        new AuditLog.Filter(
            null, Action.LOGIN_FAILED, null, now[0], now[0].plus(Duration.ofDays(1)));
    for (int kept = 1; kept <= LoginAudit.MOST_FAILURES; kept++) {
      logins.wrong(failure());
      int wanted = kept;
      await().until(() -> audit.newest(failed, null, 1_000).size() == wanted);
    }
    for (int i = 0; i < 10; i++) {
      logins.wrong(failure());
    }
    now[0] = now[0].plus(Duration.ofHours(1));
    logins.wrong(failure());
    await().until(() -> audit.newest(failed, null, 1).getFirst().at().equals(now[0]));
    assertThat(audit.newest(failed, null, 1_000)).hasSize(LoginAudit.MOST_FAILURES + 1);
  }

  private static AuthenticationFailureBadCredentialsEvent failure() {
    return new AuthenticationFailureBadCredentialsEvent(
        UsernamePasswordAuthenticationToken.unauthenticated("stranger", "guess"),
        new BadCredentialsException("no"));
  }

  /** Of a release, or a kind, that this process is not. */
  @Test
  void whatIsGoneIsShown() throws Exception {
    audit.keep(new Act(null, "ann", Action.HOLD, "GONE_KIND", null, null, "gone", "r", "no JSON"));
    try (ConsoleClient client = ConsoleClient.of(router)) {
      client.logIn("viewer");
      assertThat(client.page("/console/audit?actor=ann")).contains("gone_kind", "no JSON");
    }
    assertThat(http.get("/api/audit?actor=ann").json().at("/0/kind").asText())
        .isEqualTo("gone_kind");
  }

  private static void letters() throws Exception {
    new DeadLetters(router.getBean("controlDataSource", DataSource.class))
        .keep(
            List.of(
                letter("{\"deviceSn\":\"LATE\",\"eventType\":\"X\"}"),
                letter("[\"nobody\"]"),
                letter("[\"nobody either\"]")));
    JsonNode open = http.get("/api/dead-letters?state=open").json();
    for (JsonNode letter : open) {
      String path =
          "/api/dead-letters/%s/%s"
              .formatted(letter.path("source").asText(), letter.path("key").asText());
      if (letter.path("body").asText().contains("LATE")) {
        assertThat(call("POST", path + "/redrive", "")).isEqualTo(200);
        String page = acts("action=redrive").getFirst().path("page").asText();
        assertThat(page).endsWith(letter.path("key").asText());
        assertThat(http.get(page.replace("/console/", "/api/")).status()).isEqualTo(200);
      } else if (letter.path("body").asText().contains("either")) {
        assertThat(call("POST", path + "/discard", "{\"reason\":\"a test\"}")).isEqualTo(200);
      }
    }
    assertThat(call("POST", "/api/dead-letters/discard", "{\"reason\":\"the rest\"}"))
        .isEqualTo(200);
    assertThat(acts("action=discard"))
        .extracting(act -> act.path("reason").asText())
        .containsExactly("the rest", "a test");
  }

  private static Letter letter(String body) {
    return Letter.unreadable(
        Source.INTAKE,
        Kind.EVENT,
        "NO_EVENT_TYPE",
        1,
        BodyFormat.JSON,
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static int call(String method, String path, String body) {
    return http.call(method, path, body).status();
  }

  private static List<JsonNode> acts(String query) {
    List<JsonNode> acts = new ArrayList<>();
    http.get("/api/audit?from=2021-01-01T00:00:00Z&" + query).json().forEach(acts::add);
    return acts;
  }
}
