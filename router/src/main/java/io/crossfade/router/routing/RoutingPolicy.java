package io.crossfade.router.routing;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RouteReason;
import io.crossfade.router.flags.Assignment;

/** Decides a record's route. Pure: the caller reads flags and breaker and passes them in. */
final class RoutingPolicy {

  private RoutingPolicy() {}

  /**
   * @param optIn whether the client asked for the stream, and that counts
   * @param streamAvailable whether the breaker lets appends through
   */
  static Route decide(Assignment assignment, boolean optIn, boolean streamAvailable) {
    RouteReason chosen = optIn ? RouteReason.OPT_IN : RouteReason.FLAG;
    return switch (assignment) {
      case LEGACY_ONLY -> new Route(DeliveryPath.LEGACY, chosen, false);
      case LEGACY_MIRRORED -> new Route(DeliveryPath.LEGACY, chosen, true);
      case STREAM_ONLY ->
          streamAvailable ? new Route(DeliveryPath.STREAM, chosen, false) : FALLBACK;
      case STREAM_MIRRORED ->
          streamAvailable ? new Route(DeliveryPath.STREAM, chosen, true) : FALLBACK;
    };
  }

  /** The memory queue takes over; as the serving path it already has what a mirror would bring. */
  static final Route FALLBACK =
      new Route(DeliveryPath.LEGACY, RouteReason.STREAM_UNAVAILABLE, false);
}
