package io.crossfade.router.process;

import org.springframework.boot.actuate.health.Status;

/**
 * Between up and down: devices are served, and something needs a person's eye. Where it stands
 * among the others is in {@code application.yaml}.
 */
public final class Degraded {

  public static final Status STATUS =
      new Status("DEGRADED", "Devices are served; the details say what is not as it should be");

  private Degraded() {}
}
