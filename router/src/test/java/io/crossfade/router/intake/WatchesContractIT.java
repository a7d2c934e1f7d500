package io.crossfade.router.intake;

/** The kinds that are built in. */
class WatchesContractIT extends KindContractTest {

  @Override
  protected String kinds() {
    return "watches";
  }
}
