package org.example.meters;

import io.crossfade.router.intake.KindContractTest;

/** What Crossfade asks of kinds: src/test/resources/golden has the uploads that it tries. */
class MeterKindsTest extends KindContractTest {

  @Override
  protected String kinds() {
    return "service:meters";
  }
}
