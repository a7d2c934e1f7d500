package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;

/** What a router says of itself, and of its settings. */
class SettingsIT {

  private static final String TOKEN = "correct-horse-battery";
  private static final String HOOK = "http://127.0.0.1:9/robot?access=staple";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static ConfigurableApplicationContext router;
  private static Http http;

  @BeforeAll
  static void start() {
    System.setProperty("crossfade.gates.samples", "123");
    try {
      router =
          TestRouterApplication.start(
              List.of(
                  "--server.port=0",
                  "--management.server.port=0",
                  "--crossfade.router.accept=false",
                  "--crossfade.router.max-body=3MB",
                  "--crossfade.router.device-tokens=" + TOKEN,
                  "--crossfade.reconciler.nightly.webhook.url=" + HOOK));
    } finally {
      System.clearProperty("crossfade.gates.samples");
    }
    http = Http.of(router).as("viewer");
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void settingsSayWhereTheyComeFromAndNoSecret() throws Exception {
    assertSetting("crossfade.router.max-body", "3MB", "COMMAND_LINE");
    assertSetting("crossfade.router.accept", "false", "COMMAND_LINE");
    assertSetting("crossfade.router.patience", "5s", "DEFAULT");
    assertSetting("crossfade.rollout.plan", "10, 30, 50, 100", "DEFAULT");
    assertSetting(
        "crossfade.reconciler.urgent-events", "SOS_EVENT, FALLDOWN_EVENT, ONE_KEY_ALARM", "FILE");
    assertThat(setting("crossfade.reconciler.urgent-events").path("place").asText())
        .startsWith("application.yaml:");
    assertThat(setting("crossfade.db.control.url").path("value").asText())
        .startsWith("jdbc:mysql://")
        .doesNotContain("?");
    for (String secret :
        List.of(
            "crossfade.router.device-tokens",
            "crossfade.db.control.password",
            "crossfade.operator.users.operator.password",
            "crossfade.reconciler.nightly.webhook.url")) {
      JsonNode hidden = setting(secret);
      assertThat(hidden.path("value").isNull()).as(secret).isTrue();
      assertThat(hidden.path("hidden").asBoolean()).as(secret).isTrue();
    }
    List<String> names = http.get("/api/settings").json().findValuesAsText("name");
    assertThat(names).isSorted().allMatch(name -> name.startsWith("crossfade."));
    for (Object bean : router.getBeansWithAnnotation(ConfigurationProperties.class).values()) {
      var marked = bean.getClass().getAnnotation(ConfigurationProperties.class);
      if (marked != null && bean.getClass().getName().startsWith("io.crossfade.")) {
        assertThat(names).anyMatch(name -> name.startsWith(marked.value() + "."));
      }
    }
    try (ConsoleClient console = ConsoleClient.of(router)) {
      console.logIn("viewer");
      for (String language : List.of("en", "zh-CN")) {
        assertThat(console.page("/console/routers?lang=" + language))
            .contains("crossfade.router.max-body", "3MB", "application.yaml:")
            .doesNotContain("??", TOKEN, "staple", "$2a$", "$2y$", "$2b$");
      }
    }
    assertThat(http.get("/api/settings").raw().body())
        .doesNotContain(TOKEN, "staple", "$2a$", "$2y$", "$2b$");
    assertThat(http.as(null).get("/api/settings").status()).isEqualTo(401);
  }

  @Test
  void routerSaysWhatItIs() {
    // A router that has just started has not yet said that it is up.
    await()
        .atMost(PATIENCE)
        .until(() -> http.get("/api/rollout/routers").json().at("/0/accepts").isBoolean());
    JsonNode routers = http.get("/api/rollout/routers").json();
    assertThat(routers).hasSize(1);
    JsonNode one = routers.path(0);
    assertThat(one.path("answers").asBoolean()).isTrue();
    assertThat(one.path("silent").asBoolean()).isFalse();
    assertThat(one.path("accepts").isBoolean()).isTrue();
    assertThat(one.path("accepts").asBoolean()).as("a worker").isFalse();
    assertThat(Instant.parse(one.path("upSince").asText()))
        .isCloseTo(Instant.now(), within(PATIENCE.toMinutes(), ChronoUnit.MINUTES));
    assertThat(one.path("clockAheadMillis").isIntegralNumber()).isTrue();
    assertThat(Math.abs(one.path("clockAheadMillis").asLong()))
        .as("both are of this machine, whatever the zones")
        .isLessThan(PATIENCE.toMillis());
    assertThat(one.path("unheardMillis").asLong()).isGreaterThanOrEqualTo(0);
  }

  private static void assertSetting(String name, String value, String origin) {
    JsonNode one = setting(name);
    assertThat(one.path("value").asText()).as(name).isEqualTo(value);
    assertThat(one.path("origin").asText()).as(name).isEqualTo(origin);
  }

  private static JsonNode setting(String name) {
    for (JsonNode one : http.get("/api/settings").json()) {
      if (one.path("name").asText().equals(name)) {
        return one;
      }
    }
    throw new AssertionError("No setting " + name);
  }
}
