package io.crossfade.router.intake;

import java.io.IOException;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * What a request's body is read from, with the time that was spent waiting for it. A page that
 * computes for a minute before it reads its body, or never reads it, has no slow client.
 */
final class TimedInput implements InputBuffer {

  private static final long NOBODY = Long.MIN_VALUE;

  private final Request request;
  private final InputBuffer in;

  /** The request whose reads are summed, by its start. */
  private long of;

  private volatile long before;
  private volatile long since = NOBODY;

  /** Puts itself between a request and what it is read from. */
  TimedInput(Request request) {
    this.request = request;
    this.in = request.getInputBuffer();
    request.setInputBuffer(this);
  }

  @Override
  public int doRead(ApplicationBufferHandler handler) throws IOException {
    long start = request.getStartTimeNanos();
    if (start != of) {
      of = start;
      before = 0;
    }
    long begin = System.nanoTime();
    since = begin;
    try {
      return in.doRead(handler);
    } finally {
      since = NOBODY;
      before = before + System.nanoTime() - begin;
    }
  }

  @Override
  public int available() {
    return in.available();
  }

  /**
   * How long this request's reads have waited, ns.
   *
   * @param now {@link System#nanoTime}
   * @return 0 while nobody waits
   */
  long waited(long now) {
    long begin = since;
    return begin == NOBODY ? 0 : before + now - begin;
  }
}
