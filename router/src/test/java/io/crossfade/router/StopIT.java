package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.process.FatalErrors;
import io.crossfade.db.process.StopDeadline;
import io.crossfade.stream.StreamWorker;
import io.crossfade.stream.TestRedis;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SIGTERM ends a process within its time, whatever hangs. */
class StopIT {

  /** Long enough for an orderly stop on a busy machine would be a minute; here it shall be over. */
  private static final String TIMEOUT = "--crossfade.stop.timeout=10s";

  /** A router whose memory is full of what nobody lets go of; the error is swallowed. */
  static final class Hoarder {

    private static final List<long[]> HOARD = new ArrayList<>();

    private Hoarder() {}

    public static void main(String[] arguments) {
      RouterApplication.main(arguments);
      Thread.ofPlatform().start(Hoarder::hoard);
    }

    private static void hoard() {
      for (int size = 1 << 20; size > 0; ) {
        try {
          HOARD.add(new long[size]);
        } catch (OutOfMemoryError e) {
          size /= 2;
        }
      }
      throw new OutOfMemoryError("now nothing is left");
    }
  }

  @Test
  void withRedisStoppedInItsTracksTheQueueIsWrittenAndTheProcessEnds() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    try (TestRedis redis = new TestRedis()) {
      try (RouterProcess router = router(schemas, redis.port())) {
        upload(router.http(), 200);
        redis.hang();
        assertThat(router.stop()).isIn(143, StopDeadline.EXIT_CODE);
        assertThat(router.log()).contains("Legacy health queue drained, 200 records written");
      } finally {
        redis.goOn();
      }
    }
  }

  @Test
  void withTheDatabaseStoppedInItsTracksWhatWasLeftIsSaid() throws Exception {
    try (CutLink link = new CutLink(TestDatabase.port())) {
      try (RouterProcess router =
          router(TestDatabase.newSchemasBehind(link), TestRedis.sharedPort())) {
        Http http = router.http();
        link.mute();
        upload(http, 50);
        assertThat(router.stop()).isEqualTo(StopDeadline.EXIT_CODE);
        assertThat(router.log())
            .contains("The stop took longer than 10 s")
            .containsPattern(
                "Left: \\d+ health records of the memory queue"
                    + "|Legacy health queue drained, 50 records written");
      } finally {
        link.mend();
      }
    }
  }

  @Test
  void workerWithRedisStoppedInItsTracksEnds() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    try (TestRedis redis = new TestRedis()) {
      try (RouterProcess worker =
          new RouterProcess(
              StreamWorker.class,
              RouterProcess.arguments(schemas, redis.port(), TestRedis.newPrefix(), TIMEOUT))) {
        worker.awaitStart();
        redis.hang();
        assertThat(worker.stop()).isIn(143, StopDeadline.EXIT_CODE);
      } finally {
        redis.goOn();
      }
    }
  }

  @Test
  void routerThatRunsOutOfMemoryEndsByItself() {
    try (RouterProcess router =
        new RouterProcess(
            Hoarder.class,
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
            RouterProcess.arguments(
                TestDatabase.newSchemas(), TestRedis.sharedPort(), TestRedis.newPrefix()))) {
      assertThat(router.awaitEnd()).isEqualTo(FatalErrors.EXIT_CODE);
    }
  }

  private static RouterProcess router(DbSettings schemas, int redisPort) {
    return new RouterProcess(
        RouterApplication.class,
        RouterProcess.arguments(
            schemas,
            redisPort,
            TestRedis.newPrefix(),
            TIMEOUT,
            "--crossfade.rollout.initial=legacy"));
  }

  private static void upload(Http http, int uploads) {
    for (int second = 0; second < uploads; second++) {
      assertThat(http.post("/upload_health_data", Http.health("STOP", second)).status())
          .isEqualTo(200);
    }
  }
}
