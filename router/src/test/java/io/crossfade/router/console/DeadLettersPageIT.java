package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.Kind;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Many letters of one reason, at once. */
class DeadLettersPageIT {

  private static final String PAGE = "/console/dead-letters";
  private static final int READABLE = 7;
  private static final int HOPELESS = 3;
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
  void lettersOfOneReasonAreRedrivenAndDiscardedTogether() throws Exception {
    List<Letter> letters = new ArrayList<>();
    for (int i = 0; i < READABLE; i++) {
      letters.add(letter("<b>no type", "{\"deviceSn\":\"D%d\",\"eventType\":\"X\"}".formatted(i)));
    }
    for (int i = 0; i < HOPELESS; i++) {
      letters.add(letter("<b>no type", "{\"no\":%d}".formatted(i)));
    }
    letters.add(letter("another", "{\"no\":\"other\"}"));
    new DeadLetters(router.getBean("controlDataSource", DataSource.class)).keep(letters);

    try (ConsoleClient console = ConsoleClient.of(router);
        ConsoleClient viewer = ConsoleClient.of(router)) {
      console.logIn("operator");
      viewer.logIn("viewer");
      assertThat(console.page(PAGE))
          .contains("&lt;b&gt;no type</span> <b>10</b>", "another</span> <b>1</b>")
          .doesNotContain("<b>no type", "Redrive 10", "??");
      String one = PAGE + "?source=intake&kind=event&state=open&died=%3Cb%3Eno+type";
      assertThat(console.page(one)).contains("Redrive 10", "Discard 10").doesNotContain("??");
      assertThat(console.page(one + "&lang=zh-CN")).contains("重投 10 封").doesNotContain("??");
      assertThat(viewer.page(one)).contains("no type").doesNotContain("Redrive");
      assertThat(console.page(one + "&lang=en")).contains("Discard 10");

      String which = "source=intake&kind=event&died=%3Cb%3Eno+type";
      assertThat(viewer.submit(PAGE + "/redrive", which)).isEqualTo(403);
      assertThat(console.follow(PAGE + "/discard", "kind=event&reason=all").page())
          .contains("Say of which reason they died");
      assertThat(console.follow(PAGE + "/redrive", which).page())
          .contains("7 letters were written and are closed; 3 died again.");
      assertThat(open()).as("what the hopeless died of may be said anew").hasSize(HOPELESS + 1);
      JsonNode again =
          http.call("POST", "/api/dead-letters/redrive", "{\"kind\":\"event\"}").json();
      assertThat(again.path("letters").asInt()).as("%s", again).isZero();
      assertThat(again.path("stillDead").asInt()).isEqualTo(HOPELESS + 1);
      assertThat(again.path("acts")).isEmpty();

      assertThat(console.follow(PAGE + "/discard", which + "&reason=+").page())
          .contains("A reason is wanted");
      assertThat(console.follow(PAGE + "/discard", which + "&reason=test").page())
          .contains("3 letters were given up");
      assertThat(open()).hasSize(1);
      assertThat(http.get("/api/audit?action=redrive").json()).hasSize(READABLE);
      assertThat(http.get("/api/audit?action=discard").json()).hasSize(1);
    }
  }

  private static Letter letter(String reason, String body) {
    return Letter.unreadable(
        Source.INTAKE,
        Kind.EVENT,
        reason,
        1,
        BodyFormat.JSON,
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode open() {
    return http.get("/api/dead-letters?kind=event&state=open").json();
  }
}
