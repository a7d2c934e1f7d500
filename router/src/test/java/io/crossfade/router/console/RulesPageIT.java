package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Rules that are added, refused and ended on their page. */
class RulesPageIT {

  private static final String RULES = "/console/rules";
  private static final String UNTIL = "&until=2099-01-01T00:00:00Z";
  private static ConfigurableApplicationContext router;
  private static Http http;

  @BeforeAll
  static void start() {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void rulesAreAddedRefusedAndEnded() throws Exception {
    try (ConsoleClient console = ConsoleClient.of(router);
        ConsoleClient viewer = ConsoleClient.of(router)) {
      console.logIn("operator");
      assertThat(console.page(RULES)).contains("There is no rule.", "Add this rule");
      assertThat(
              console
                  .follow(RULES, "kind=health&column=heart_rat&reason=%3Cb%3Ewhy" + UNTIL)
                  .page())
          .contains("no compared column heart_rat", "blood_oxygen", "value=\"&lt;b&gt;why\"")
          .contains("There is no rule.");
      assertThat(console.follow(RULES, "kind=nokind&device=D&reason=x" + UNTIL).page())
          .contains("nokind is not one of", "HEALTH");
      assertThat(console.follow(RULES, "kind=health&difference=odd&reason=x" + UNTIL).page())
          .contains("odd is not one of", "FIELDS_DIFFER");
      assertThat(console.follow(RULES, "kind=health&device=D&reason=x&until=soon").page())
          .contains("soon is no moment");
      assertThat(console.follow(RULES, "kind=health&reason=x" + UNTIL).page())
          .contains("A rule needs a class, a column or a device");
      assertThat(http.get("/api/reconciler/rules").json()).isEmpty();

      String added =
          console
              .follow(RULES, "kind=health&column=heart_rate&device=D-1&reason=%3Cb%3Ewhy" + UNTIL)
              .page();
      JsonNode rule = http.get("/api/reconciler/rules").json().path(0);
      assertThat(rule.path("owner").asText()).isEqualTo("operator");
      assertThat(rule.path("valid").asBoolean()).isTrue();
      assertThat(rule.path("explained").asLong()).isZero();
      String id = rule.path("id").asText();
      assertThat(added)
          .contains("Rule " + id + " explains from", "heart_rate", "D-1", "&lt;b&gt;why")
          .doesNotContain("<b>why", "??");
      assertThat(console.page(RULES + "?lang=zh-CN")).contains("结束此规则").doesNotContain("??");
      viewer.logIn("viewer");
      assertThat(viewer.page(RULES))
          .contains("heart_rate")
          .doesNotContain("End this rule", "Add this rule");
      assertThat(console.follow(RULES + "/" + id + "/end?lang=en", "").page())
          .contains("Rule " + id + " explains no more.")
          .doesNotContain("End this rule");
      assertThat(http.get("/api/audit?action=rule-ended").json()).hasSize(1);
    }
  }
}
