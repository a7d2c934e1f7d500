package io.crossfade.bad;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Breaks a rule on purpose: work that stops for ever at its first error, and nobody sees it. */
@SuppressWarnings("unused")
final class UnseenLoop {

  private UnseenLoop() {}

  static void start(Runnable work) {
    Executors.newSingleThreadScheduledExecutor()
        .scheduleWithFixedDelay(work, 1, 1, TimeUnit.SECONDS);
  }
}
