package io.crossfade.router.flags;

import java.time.InstantSource;
import java.util.concurrent.Callable;

class SimulatedFlagStoreTest extends FlagStoreContract {

  @Override
  FlagStore create(InstantSource clock) {
    return new SimulatedFlagStore(new SimulatedFlagStore.Database(), clock);
  }

  @Override
  synchronized <T> T serially(Callable<T> call) throws Exception {
    return call.call();
  }
}
