package io.crossfade.stream;

import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Random worlds of both paths on real servers. A failure names its seed; {@code
 * -Dcrossfade.model.seed=…} runs that one again, {@code -Dcrossfade.model.seeds=…} so many, {@code
 * -Dcrossfade.model.first=…} from that one on.
 */
class PathsModelIT {

  private static final long FIRST = Long.getLong("crossfade.model.first", 1);
  private static final int SEEDS = Integer.getInteger("crossfade.model.seeds", 200);

  @Test
  void whateverHappensInWhateverOrderEverythingIsAccountedFor() throws Exception {
    Long one = Long.getLong("crossfade.model.seed");
    try (TestOutputs outputs = new TestOutputs(TestDatabase.newSchemas())) {
      if (one != null) {
        run(one, outputs);
        return;
      }
      for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
        run(seed, outputs);
      }
    }
  }

  private static void run(long seed, TestOutputs outputs) throws Exception {
    try (StreamHarness harness =
        new StreamHarness(
            TestRedis.sharedPort(), StreamHarness.modelled(Duration.ofMillis(1)), outputs)) {
      new PathsModel(seed, harness, outputs).run();
    }
  }
}
