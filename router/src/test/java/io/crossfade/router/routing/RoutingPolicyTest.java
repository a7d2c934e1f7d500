package io.crossfade.router.routing;

import static io.crossfade.db.DeliveryPath.LEGACY;
import static io.crossfade.db.DeliveryPath.STREAM;
import static io.crossfade.db.RouteReason.FLAG;
import static io.crossfade.db.RouteReason.OPT_IN;
import static io.crossfade.db.RouteReason.STREAM_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.router.flags.Assignment;
import org.junit.jupiter.api.Test;

class RoutingPolicyTest {

  @Test
  void legacyServesWhateverTheStreamDoes() {
    for (boolean available : new boolean[] {true, false}) {
      assertThat(RoutingPolicy.decide(Assignment.LEGACY_ONLY, false, available))
          .isEqualTo(new Route(LEGACY, FLAG, false));
      assertThat(RoutingPolicy.decide(Assignment.LEGACY_MIRRORED, false, available))
          .isEqualTo(new Route(LEGACY, FLAG, true));
    }
  }

  @Test
  void streamServesWhileItIsAvailable() {
    assertThat(RoutingPolicy.decide(Assignment.STREAM_ONLY, true, true))
        .isEqualTo(new Route(STREAM, OPT_IN, false));
    assertThat(RoutingPolicy.decide(Assignment.STREAM_MIRRORED, false, true))
        .isEqualTo(new Route(STREAM, FLAG, true));
  }

  @Test
  void memoryQueueTakesOverWhenTheStreamIsNotAvailable() {
    for (Assignment assignment :
        new Assignment[] {Assignment.STREAM_ONLY, Assignment.STREAM_MIRRORED}) {
      assertThat(RoutingPolicy.decide(assignment, true, false))
          .isEqualTo(new Route(LEGACY, STREAM_UNAVAILABLE, false));
    }
  }

  @Test
  void assignmentIsWhatTheTwoFlagsSay() {
    assertThat(Assignment.of(false, false)).isEqualTo(Assignment.LEGACY_ONLY);
    assertThat(Assignment.of(false, true)).isEqualTo(Assignment.LEGACY_MIRRORED);
    assertThat(Assignment.of(true, false)).isEqualTo(Assignment.STREAM_ONLY);
    assertThat(Assignment.of(true, true)).isEqualTo(Assignment.STREAM_MIRRORED);
  }
}
