package io.crossfade.router.campaign;

import io.crossfade.router.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/**
 * The operator of the campaign: switches stages, rolls back, and remembers what was answered. What
 * was answered must be so on every router once all is well, and stay.
 */
final class Switches {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Looks at what was answered before it counts as staying. */
  private static final int LOOKS = 4;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  /** Around a change, in ms, nobody can say whether a copy was meant to be. */
  private static final long FLIP = 3_000;

  /** One step back from where it was: what the stream served, legacy serves. */
  private static final String ROLLED_BACK = "rolled back";

  private final Site site;
  private final List<Judgement.Moment> notMirrored = new CopyOnWriteArrayList<>();
  private final List<String> undone = new CopyOnWriteArrayList<>();
  private volatile String answered = "legacy";
  private volatile long offSince;

  Switches(Site site) {
    this.site = site;
  }

  /** Moments in which copies may have been switched off. */
  List<Judgement.Moment> notMirrored() {
    return notMirrored;
  }

  /** What was answered and did not stay. */
  List<String> undone() {
    return undone;
  }

  /** Puts all kinds into a stage, past all gates; waits until both routers say so. */
  void enter(String stage) {
    if (!answered.equals(stage) && !stage.equals("shadow")) {
      // From where nothing is copied there is no other way.
      enter("shadow");
    }
    Awaitility.await("stage " + stage)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> changes(site.api(), stage));
    awaitEverywhere(stage);
    letClientsChoose(site.api());
    long since = offSince;
    if (since > 0) {
      notMirrored.add(new Judgement.Moment(since - FLIP, System.currentTimeMillis() + FLIP));
      offSince = 0;
    }
  }

  /** Asks for another stage once, while something may be wrong; a refusal is an answer, too. */
  void flip(String stage) {
    if (stage.equals("legacy")) {
      offSince = System.currentTimeMillis();
    }
    boolean known = true;
    for (JarProcess router : site.routers) {
      try {
        if (changes(router.http(), stage)) {
          return;
        }
      } catch (IllegalStateException e) {
        // Nobody says whether it counts: the next is asked.
        known = false;
      }
    }
    if (!known) {
      answered = "";
    }
  }

  /** Presses the red button until it is answered. */
  void rollBack() {
    offSince = System.currentTimeMillis();
    Awaitility.await("a rollback is answered")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> site.routers.stream().anyMatch(this::rollsBack));
  }

  /** Waits until what was answered last is so on every router, and looks whether it stays. */
  void awaitAnswered() {
    String stage = answered;
    if (stage.isEmpty()) {
      return;
    }
    awaitEverywhere(stage);
    List<String> seen = new ArrayList<>();
    Awaitility.await("some looks at what was answered")
        .atMost(PATIENCE)
        .pollInterval(BETWEEN_LOOKS)
        .ignoreExceptions()
        .until(
            () -> {
              seen.add(String.join(" ", new TreeSet<>(site.stages())));
              return seen.size() == LOOKS;
            });
    if (seen.stream().distinct().count() > 1 || !isIn(stage, seen.getFirst())) {
      undone.add("%s was answered, then it was %s".formatted(stage, seen));
    }
  }

  private boolean rollsBack(JarProcess router) {
    try {
      boolean done =
          router
                  .http()
                  .call(
                      "POST",
                      "/api/rollout/rollbacks",
                      "{\"kind\":\"all\",\"reason\":\"campaign\"}")
                  .status()
              == 200;
      if (done) {
        answered = ROLLED_BACK;
      }
      return done;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Whether a change is answered with yes. */
  private boolean changes(Http router, String stage) {
    long version = router.get("/api/rollout").json().path("version").asLong();
    String fields =
        stage.startsWith("canary")
            ? "\"stage\":\"canary\",\"percentage\":" + stage.substring("canary ".length())
            : "\"stage\":\"%s\"".formatted(stage);
    int status =
        router
            .call(
                "POST",
                "/api/rollout/changes",
                "{\"kind\":\"all\",%s,\"version\":%d,\"force\":true,\"reason\":\"campaign\"}"
                    .formatted(fields, version))
            .status();
    if (status >= 500) {
      throw new IllegalStateException("answered " + status);
    }
    if (status == 200) {
      answered = stage;
    }
    return status == 200;
  }

  /** Lets clients of v2 endpoints have the stream again, which rollbacks took from them. */
  private static void letClientsChoose(Http router) {
    Awaitility.await("the opt-in is on")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              long version = router.get("/api/rollout").json().path("version").asLong();
              router.call(
                  "POST",
                  "/api/rollout/opt-in",
                  "{\"kind\":\"all\",\"on\":true,\"version\":%d,\"reason\":\"campaign\"}"
                      .formatted(version));
              return router
                  .get("/api/rollout")
                  .json()
                  .path("kinds")
                  .findValuesAsText("optIn")
                  .stream()
                  .allMatch("true"::equals);
            });
  }

  private void awaitEverywhere(String stage) {
    Awaitility.await("both routers in " + stage)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> site.stages().stream().allMatch(now -> isIn(stage, now)));
  }

  private static boolean isIn(String stage, String now) {
    return stage.equals(ROLLED_BACK)
        ? now.equalsIgnoreCase("shadow") || now.equalsIgnoreCase("legacy")
        : now.equalsIgnoreCase(stage.replaceAll(" .*", ""));
  }
}
