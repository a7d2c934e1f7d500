package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.JavaCommand;
import io.crossfade.reconciler.cli.ReconcilerCli;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The commands that ask a router, as processes that know no database, against one that runs. */
class OperatorCommandsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int PASS = 0;
  private static final int INCONCLUSIVE = 2;
  private static final int ERROR = 3;
  private static final int REFUSED = 6;
  private static ConfigurableApplicationContext router;
  private static Http http;
  private static String api;

  @TempDir private Path directory;

  private record Said(int code, String out, String err) {}

  @BeforeAll
  static void start() {
    router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.gates.checks[0].name=nobody-there",
                "--crossfade.gates.checks[0].url=http://127.0.0.1:1/number",
                "--crossfade.gates.checks[0].at-most=1",
                "--crossfade.gates.checks[1].name=only-shown",
                "--crossfade.gates.checks[1].url=http://127.0.0.1:1/number",
                "--crossfade.gates.checks[1].at-most=1",
                "--crossfade.gates.checks[1].dry-run=true"));
    http = Http.of(router);
    api = "http://127.0.0.1:" + router.getEnvironment().getProperty("local.server.port");
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void rolloutIsSeenChangedAndTakenBack() throws Exception {
    Said status = run("rollout", "status");
    assertThat(status.out()).startsWith("version ").contains("health", "shadow", "canary 10 %");
    assertThat(status.out()).contains("CHECK nobody-there INCONCLUSIVE: ");
    assertThat(status.out()).as("in nobody's way").doesNotContain("only-shown");
    long version = http.get("/api/rollout").json().path("version").asLong();

    String[] change = {"rollout", "change", "--kind", "health", "--stage", "canary"};
    Said dry = run(change, "--percent", "10", "--dry-run");
    assertThat(dry).returns(REFUSED, Said::code);
    assertThat(dry.out()).contains("INCONCLUSIVE", "would be refused");
    Said hasty = run(change, "--percent", "10");
    assertThat(hasty).returns(ERROR, Said::code).returns("", Said::out);
    assertThat(hasty.err().strip().lines()).singleElement().asString().contains("--dry-run says");
    assertThat(run(change, "--percent", "10", "--version", "" + version, "--reason", "x"))
        .returns(REFUSED, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("(gates-not-passed); hint: ", "--force");
    Said old =
        run(change, "--percent", "10", "--force", "--version", "" + (version - 1), "--reason=x");
    assertThat(old.code()).isEqualTo(REFUSED);
    assertThat(old.err()).contains("(stale-version)", "'rollout status'");
    Said done =
        run(change, "--percent", "10", "--force", "--version", "" + version, "--reason=week 1");
    assertThat(done).returns(PASS, Said::code).returns("", Said::err);
    assertThat(done.out()).contains("the flags have version " + (version + 1));
    assertThat(recorded(done)).contains("week 1");

    Said back = run("rollout", "rollback", "--kind=health", "--to=shadow", "--reason=it burns");
    assertThat(back.code()).isEqualTo(PASS);
    assertThat(back.out()).contains("rolled back; receipt ");
    assertThat(recorded(back)).contains("it burns");
    assertThat(json("rollout", "--format", "json").at("/kinds/0/kind").asText()).isNotEmpty();
    Said csv = run("rollout", "--format", "csv");
    assertThat(csv.out()).startsWith("kind,stage,").doesNotContain("version");
    assertThat(run("rollout", "--colour", "always").out()).contains("\u001b[1mkind\u001b[0m");
  }

  @Test
  void lettersAreCountedReadTriedAndGivenUp() throws Exception {
    http.post("/upload_health_data", "[{\"heart_rate\":72,\"note\":\"a\"}]");
    http.post("/upload_health_data", "[{\"heart_rate\":73,\"note\":\"b\"}]");
    await().atMost(PATIENCE).until(() -> http.get("/api/dead-letters").json().size() == 2);
    JsonNode counted = json("deadletters", "--format", "json");
    assertThat(counted).hasSize(1);
    assertThat(counted.at("/0/letters").asInt()).isEqualTo(2);
    String reason = counted.at("/0/reason").asText();
    assertThat(run("deadletters").out()).contains(reason, "INTAKE");

    String[] listed = run("deadletters", "list").out().split("\n", -1);
    String one = listed[1].split(" ", 2)[0];
    assertThat(run("deadletters", "show", one).out()).contains("died of: " + reason, "heart_rate");
    Said still = run("deadletters", "redrive", one);
    assertThat(still.code()).isEqualTo(REFUSED);
    assertThat(still.err()).contains("(still-dead); hint: ");
    Said some = run("deadletters", "redrive", "--died", reason);
    assertThat(some.code()).as("both are dead still: " + some).isEqualTo(1);
    assertThat(some.out()).contains("REFUSED");
    Said viewer =
        run(as("viewer"), List.of("deadletters", "discard", one, "--reason", "a viewer's"));
    assertThat(viewer).returns(REFUSED, Said::code);
    assertThat(viewer.err().strip().lines()).singleElement().asString().contains("(forbidden)");
    Said given = run("deadletters", "discard", one, "--reason", "OPS-14");
    assertThat(given.out()).contains(one, "DISCARDED", api + "/console/audit/");
    Said rest = run("deadletters", "discard", "--died", reason, "--reason", "OPS-15");
    assertThat(rest.out()).startsWith("1 letters were given up");
    assertThat(recorded(rest)).contains("OPS-15");
    assertThat(run("deadletters").out()).contains("There is no such letter");
  }

  @Test
  void nightIsDoneOnDemandAndRead() throws Exception {
    Said night = run("nightly");
    assertThat(night).returns(INCONCLUSIVE, Said::code).returns("", Said::err);
    assertThat(night.out()).startsWith("report ").contains("INCONCLUSIVE", "NOTHING_COMPARED");
    assertThat(recorded(night)).contains("night of ");
    assertThat(run("nightly", "--day", "2999-01-01"))
        .returns(REFUSED, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("A day is compared when it is over");
    assertThat(json("report", "--format=json").size()).isEqualTo(1);
    Path page = directory.resolve("night.html");
    Said shown = run("report", "show", "--html", page.toString());
    assertThat(shown.code()).isEqualTo(INCONCLUSIVE);
    assertThat(shown.out()).contains("INCONCLUSIVE", "canary 10 %", page.toString());
    assertThat(Files.readString(page)).contains("May we advance?");
    String run = json("report", "--format=json").at("/0/comparisonId").asText();
    assertThat(run("differences", "--run", run, "--kind", "health").out())
        .startsWith("run " + run + ": 0 differ")
        .contains("No row differs");
    assertThat(run("differences", "--run", run, "--format", "csv").out())
        .startsWith("table,id,class,");
    assertThat(run("differences", "--run", "4711"))
        .returns(REFUSED, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("There is no run 4711 (not-found)");
  }

  @Test
  void strangersAndDeafAddressesAreOneLine() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "not this one\n");
    Said stranger = run(List.of(), List.of("rollout", "--password-file", file.toString()));
    assertThat(stranger.code()).isEqualTo(REFUSED);
    assertThat(stranger.err().strip().lines())
        .singleElement()
        .asString()
        .contains("(unauthorized)", "CROSSFADE_API_PASSWORD");
    Said deaf = run("rollout", "--api", "http://127.0.0.1:1");
    assertThat(deaf.code()).isEqualTo(ERROR);
    assertThat(deaf.err())
        .isEqualTo(
            "error: http://127.0.0.1:1 does not answer; hint: name a router with --api or"
                + " CROSSFADE_API\n");
    assertThat(run("rollout", "--api", "somewhere").code()).isEqualTo(ERROR);
  }

  private JsonNode json(String... command) throws Exception {
    Said said = run(command);
    assertThat(said.code()).as(said.toString()).isEqualTo(PASS);
    return new ObjectMapper().readTree(said.out());
  }

  /** What the audit log has at the address that a command named. */
  private static String recorded(Said said) {
    String address = said.out().replaceFirst("(?s).*on record: ", "").strip();
    assertThat(address).as(said.toString()).startsWith(api + "/console/audit/");
    return http.get("/api/audit/" + address.substring(address.lastIndexOf('/') + 1)).raw().body();
  }

  private Said run(String[] command, String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(more));
    return run(as("operator"), all);
  }

  private Said run(String... command) throws Exception {
    return run(as("operator"), List.of(command));
  }

  private static List<String> as(String user) {
    return List.of("CROSSFADE_API_USER", user);
  }

  private Said run(List<String> user, List<String> command) throws Exception {
    List<String> words = JavaCommand.of(ReconcilerCli.class, List.of("-XX:TieredStopAtLevel=1"));
    words.addAll(command);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder process = new ProcessBuilder(words);
    process.redirectOutput(out.toFile()).redirectError(err.toFile());
    process.environment().keySet().removeIf(name -> name.startsWith("CROSSFADE_"));
    process
        .environment()
        .putAll(
            Map.of("CROSSFADE_API", api, "CROSSFADE_API_PASSWORD", TestRouterApplication.PASSWORD));
    if (!user.isEmpty()) {
      process.environment().put(user.get(0), user.get(1));
    }
    int code = process.start().onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue();
    return new Said(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
