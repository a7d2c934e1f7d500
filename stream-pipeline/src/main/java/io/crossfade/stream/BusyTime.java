package io.crossfade.stream;

/** How long somebody has been at work, what is under way included. All times in nanoseconds. */
final class BusyTime {

  private long total;
  private long since;
  private boolean busy;

  synchronized void begin() {
    since = System.nanoTime();
    busy = true;
  }

  synchronized void end() {
    total = nanos();
    busy = false;
  }

  /** Of what is under way; 0 when nothing is. */
  synchronized long current() {
    return busy ? System.nanoTime() - since : 0;
  }

  /** So far. */
  synchronized long nanos() {
    return busy ? total + System.nanoTime() - since : total;
  }
}
