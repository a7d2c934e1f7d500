package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A change that is refused leaves the form as it was, and says so beside it. */
class RefusedFormIT {

  private static final Pattern CARD =
      Pattern.compile(
          "<section class=\"card wide\" id=\"kind-(\\w+)\">.*?</section>", Pattern.DOTALL);

  private static ConfigurableApplicationContext router;
  private static ConsoleClient console;

  @BeforeAll
  static void start() throws Exception {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    console = ConsoleClient.of(router);
    console.logIn("operator");
  }

  @AfterAll
  static void stop() {
    console.close();
    router.close();
  }

  @Test
  void gateThatIsNotPassedIsSaidInTheCardAndNothingTypedIsLost() throws Exception {
    ConsoleClient.Landing landing =
        change(
            "stage=canary&percentage=17.5&reason=%3Cb%3Enight&ticket=OPS-9&version=" + version());
    assertThat(landing.address()).endsWith("/console/rollout#kind-device");
    String card = card(landing.page(), "device");
    assertThat(card)
        .contains("The gates are not passed.", "CONSISTENCY INCONCLUSIVE")
        .contains("value=\"17.5\"", "value=\"&lt;b&gt;night\"", "value=\"OPS-9\"")
        .containsPattern("<option value=\"canary\" selected=\"selected\"");
    assertThat(landing.page().replace(card, "")).doesNotContain("The gates are not passed.");
    assertThat(console.page("/console/rollout"))
        .as("told once")
        .doesNotContain("The gates are not passed.", "OPS-9");
  }

  @Test
  void unreadablePercentageIsSaidInTheCard() throws Exception {
    String card =
        card(
            change("stage=canary&percentage=ten&reason=why&force=true&version=" + version()).page(),
            "device");
    assertThat(card)
        .contains("That cannot be read.", "percentage cannot be ten", "value=\"why\"")
        .contains("name=\"force\" value=\"true\" checked=\"checked\"");
  }

  /** Who overrules gates does so of what they see. */
  @Test
  void whoComesLateSeesTheNewVersionAndOverrulesAnew() throws Exception {
    String card =
        card(
            change("stage=shadow&reason=late&force=true&version=" + (version() + 7)).page(),
            "device");
    assertThat(card)
        .contains("Somebody changed the flags meanwhile", "value=\"late\"")
        .contains("name=\"version\" value=\"" + version() + "\"")
        .containsPattern("<option value=\"shadow\" selected=\"selected\"")
        .doesNotContain("checked=\"checked\"");
  }

  @Test
  void otherFormsOfTheCardDoTheSame() throws Exception {
    String optIn =
        card(
            console
                .follow(
                    "/console/rollout/opt-in",
                    "kind=device&on=true&reason=again&ticket=OPS-3&version=" + version())
                .page(),
            "device");
    assertThat(optIn).contains("It is so already.", "value=\"again\"", "value=\"OPS-3\"");
    String hold =
        card(console.follow("/console/rollout/holds", "kind=device&reason=+").page(), "device");
    assertThat(hold).contains("A reason is wanted.");
  }

  @Test
  void whatBelongsToNoCardIsSaidAtTheTop() throws Exception {
    for (String form : List.of("changes?kind=all", "changes?kind=none", "rollbacks?kind=device")) {
      String page = console.follow("/console/rollout/" + form, "reason=").page();
      assertThat(page).as(form).contains("class=\"refused\" role=\"alert\"");
      for (String kind : List.of("health", "device", "event")) {
        assertThat(card(page, kind)).as(form).doesNotContain("role=\"alert\"");
      }
    }
  }

  private static ConsoleClient.Landing change(String fields) throws Exception {
    return console.follow("/console/rollout/changes", "kind=device&" + fields);
  }

  private static long version() {
    return Http.of(router).get("/api/rollout").json().path("version").asLong();
  }

  private static String card(String page, String kind) {
    return CARD.matcher(page)
        .results()
        .filter(card -> card.group(1).equals(kind))
        .map(MatchResult::group)
        .findFirst()
        .orElseThrow();
  }
}
