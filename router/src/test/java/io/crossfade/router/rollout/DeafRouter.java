package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;

/** A router whose links to its database can be hurt, and another one, whose links cannot. */
final class DeafRouter implements AutoCloseable {

  private final String prefix = TestRedis.newPrefix();
  private final CutLink link = new CutLink(TestDatabase.port());
  private final ConfigurableApplicationContext deaf;
  private final ConfigurableApplicationContext other;

  /**
   * @param both settings of both
   * @param own settings of the one alone
   */
  DeafRouter(List<String> both, List<String> own) {
    DbSettings schemas = TestDatabase.newSchemasBehind(link);
    deaf = router(schemas, both, own);
    other =
        router(
            schemas,
            both,
            List.of(
                "--crossfade.db.control.url=" + direct(schemas.control()),
                "--crossfade.db.legacy.url=" + direct(schemas.legacy()),
                "--crossfade.db.stream.url=" + direct(schemas.stream())));
  }

  CutLink link() {
    return link;
  }

  ConfigurableApplicationContext deaf() {
    return deaf;
  }

  ConfigurableApplicationContext other() {
    return other;
  }

  /** Switches all kinds at the other one, whatever the gates say. */
  void change(String fields) {
    long version = Http.of(other).get("/api/rollout").json().path("version").asLong();
    post(
        "/api/rollout/changes",
        "{\"kind\":\"all\",%s,\"force\":true,\"reason\":\"test\",\"version\":%d}"
            .formatted(fields, version));
  }

  /** Rolls all kinds back at the other one. */
  void rollBackTo(String stage) {
    post(
        "/api/rollout/rollbacks",
        "{\"kind\":\"all\",\"to\":\"%s\",\"reason\":\"test\"}".formatted(stage));
  }

  /** Where the first kind is, as the deaf one knows. */
  String stage() {
    return Http.of(deaf).get("/api/rollout").json().at("/kinds/0/stage").asText();
  }

  @Override
  public void close() throws IOException {
    link.mend();
    IdleBudget.closeOnceIdle(deaf);
    IdleBudget.closeOnceIdle(other);
    link.close();
  }

  private void post(String path, String body) {
    Http.Answer answer = Http.of(other).call("POST", path, body);
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
  }

  private String direct(DbSettings.Schema schema) {
    return schema.url().replace(":" + link.port(), ":" + TestDatabase.port());
  }

  private ConfigurableApplicationContext router(
      DbSettings schemas, List<String> both, List<String> own) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.main.banner-mode=off",
                "--crossfade.stream.key-prefix=" + prefix,
                "--crossfade.rollout.automatic-rollback="));
    arguments.addAll(both);
    arguments.addAll(own);
    return TestRouterApplication.start(schemas, TestRedis.sharedPort(), arguments);
  }
}
