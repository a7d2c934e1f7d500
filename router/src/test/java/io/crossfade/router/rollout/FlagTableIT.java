package io.crossfade.router.rollout;

import io.crossfade.db.TestOutputs;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;

class FlagTableIT extends FlagStoreContract {

  private final TestOutputs outputs = new TestOutputs();

  @Override
  FlagStore create(InstantSource clock) {
    return new FlagTable(outputs.control(), clock, () -> "somebody");
  }

  @AfterEach
  void stop() {
    outputs.close();
  }
}
