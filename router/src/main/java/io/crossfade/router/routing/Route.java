package io.crossfade.router.routing;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RouteReason;

/**
 * A record's way.
 *
 * @param serving the path whose acceptance answers the device
 * @param reason why that path
 * @param mirrored whether the other path gets a copy
 */
record Route(DeliveryPath serving, RouteReason reason, boolean mirrored) {

  DeliveryPath mirror() {
    return serving.other();
  }
}
