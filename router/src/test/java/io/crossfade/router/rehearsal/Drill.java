package io.crossfade.router.rehearsal;

import io.crossfade.router.Http;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What operators and fate do to a rollout, in small: shadow, 10, 50, 100 percent, Redis killed and
 * started in the middle, rolled back and forward again.
 */
final class Drill {

  /**
   * One thing that happens.
   *
   * @param at share of the rehearsal that has passed
   */
  private record Step(double at, String what, Runnable action) {}

  private final Http operator;
  private final Duration duration;
  private final List<Step> steps;
  private final List<String> objections = new ArrayList<>();

  Drill(Http operator, TestRedis redis, Duration duration) {
    this.operator = operator;
    this.duration = duration;
    this.steps =
        List.of(
            new Step(0.10, "canary 10 %", () -> change("\"stage\":\"canary\",\"percentage\":10")),
            new Step(0.25, "canary 50 %", () -> change("\"stage\":\"canary\",\"percentage\":50")),
            new Step(0.35, "Redis is killed", redis::kill),
            new Step(0.45, "Redis is back", redis::start),
            new Step(0.55, "live", () -> change("\"stage\":\"live\"")),
            new Step(0.70, "rollback", this::rollBack),
            new Step(0.75, "opt-in of _v2 clients on again", this::letClientsChoose),
            new Step(0.80, "canary 50 %", () -> change("\"stage\":\"canary\",\"percentage\":50")),
            new Step(0.88, "live", () -> change("\"stage\":\"live\"")));
  }

  /** Does everything at its time. */
  void run() throws InterruptedException {
    long begin = System.nanoTime();
    for (Step step : steps) {
      long due = begin + (long) (step.at() * duration.toNanos());
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      System.out.println("Rehearsal: " + step.what());
      step.action().run();
    }
  }

  /** What did not work. */
  List<String> objections() {
    return objections;
  }

  private void change(String fields) {
    long version = operator.get("/api/rollout").json().path("version").asLong();
    call(
        "/api/rollout/changes",
        "{\"kind\":\"all\",%s,\"version\":%d,\"force\":true,\"reason\":\"rehearsal\"}"
            .formatted(fields, version));
  }

  private void rollBack() {
    call("/api/rollout/rollbacks", "{\"kind\":\"all\",\"reason\":\"rehearsal\"}");
  }

  /** The rollback took it from them, and no change of stage gives it back. */
  private void letClientsChoose() {
    long version = operator.get("/api/rollout").json().path("version").asLong();
    call(
        "/api/rollout/opt-in",
        "{\"kind\":\"all\",\"on\":true,\"version\":%d,\"reason\":\"rehearsal\"}"
            .formatted(version));
  }

  private void call(String path, String body) {
    Http.Answer answer = operator.call("POST", path, body);
    if (answer.status() != 200) {
      objections.add("%s was answered %d %s".formatted(path, answer.status(), answer.raw().body()));
    }
  }
}
