package io.crossfade.router.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.TestDatabase;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalIT {

  @Test
  void passesWhenTheOutputsAgree() throws Exception {
    Rehearsal.Verdict verdict = rehearse();
    assertThat(verdict.report()).endsWith("consistency 100.000 %").contains("verdict PASS");
    assertThat(verdict.passed()).isTrue();
  }

  /** A verdict that cannot be FAIL would be worth nothing: here the stream output stays empty. */
  @Test
  void failsWhenTheyDoNot() throws Exception {
    Rehearsal.Verdict verdict = rehearse("--crossfade.stream.validate-only=true");
    assertThat(verdict.report()).contains("verdict FAIL", "OBJECTION health: the outputs differ");
    assertThat(verdict.passed()).isFalse();
  }

  private static Rehearsal.Verdict rehearse(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.rehearsal.devices=50",
                "--crossfade.rehearsal.duration=8s"));
    arguments.addAll(List.of(more));
    try (TestRedis redis = new TestRedis();
        var router =
            TestRouterApplication.start(TestDatabase.newSchemas(), redis.port(), arguments)) {
      return new Rehearsal(router, redis).run();
    }
  }
}
