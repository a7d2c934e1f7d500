package io.crossfade.router.intake;

import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.process.FatalErrors;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A body that was not there with its head. It holds no thread while it comes, and no more memory
 * than has come. Whoever is first ends it: its last byte, its client, or {@link SlowBodies}.
 */
final class ArrivingBody implements ReadListener {

  /** What becomes of it; exactly one of these is called, once. */
  interface End {

    /**
     * All of it is here, or far more than is kept.
     *
     * @param body {@code null} when it was more than was to be kept
     */
    void whole(byte @Nullable [] body, HttpServletResponse response) throws IOException;

    /** It will not be waited for. */
    void turnedAway(TurnedAway why, HttpServletResponse response) throws IOException;

    /** The client is gone. */
    void gone();
  }

  /** So much of a body that is not kept is read, so that its client looks at the answer. */
  static final long MOST_DROPPED = 8L * 1024 * 1024;

  private static final int FIRST = 8 * 1024;
  private static final int DROPPED_AT_ONCE = 8 * 1024;
  private static final byte[] NOTHING = {};

  private final AsyncContext async;
  private final ServletInputStream in;
  private final HttpServletResponse response;
  private final long most;
  private final Lease lease;
  private final SlowBodies waiting;
  private final End end;
  private final long begin = System.nanoTime();

  private byte[] bytes = NOTHING;
  private int kept;
  private long came;
  private boolean ended;

  /**
   * @param most bytes that are kept; of a body with more, none is
   * @param lease takes what is kept
   */
  private ArrivingBody(
      HttpServletRequest request,
      AsyncContext async,
      long most,
      Lease lease,
      SlowBodies waiting,
      End end)
      throws IOException {
    this.async = async;
    this.in = request.getInputStream();
    this.response = (HttpServletResponse) async.getResponse();
    this.most = most;
    this.lease = lease;
    this.waiting = waiting;
    this.end = end;
  }

  /** Lets it come; returns at once. */
  static void await(HttpServletRequest request, long most, Lease lease, SlowBodies waiting, End end)
      throws IOException {
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    ArrivingBody body = new ArrivingBody(request, async, most, lease, waiting, end);
    waiting.add(body);
    body.in.setReadListener(body);
  }

  /** How long it has been coming, ns. */
  long age(long now) {
    return now - begin;
  }

  /** Bytes that have come. */
  synchronized long came() {
    return came;
  }

  @Override
  public void onDataAvailable() throws IOException {
    try {
      read();
    } catch (NoRoomException e) {
      turnAway(TurnedAway.NO_ROOM);
    } catch (RuntimeException | Error e) {
      FatalErrors.endIfFatal(e);
      throw e;
    }
  }

  private synchronized void read() throws IOException {
    while (!ended && !in.isFinished() && in.isReady()) {
      boolean keeps = came <= most && most > 0;
      byte[] into = keeps ? room() : new byte[DROPPED_AT_ONCE];
      int from = keeps ? kept : 0;
      int read = in.read(into, from, into.length - from);
      if (read > 0) {
        came += read;
        kept = keeps ? kept + read : 0;
      }
      if (came > most) {
        drop();
      }
    }
  }

  /** Whoever sends without end is answered before it. */
  private void drop() throws IOException {
    lease.give(bytes.length);
    bytes = NOTHING;
    kept = 0;
    if (came > most + MOST_DROPPED && end()) {
      try {
        end.whole(null, response);
      } finally {
        ClientConnection.abandon(async.getRequest());
        async.complete();
      }
    }
  }

  /** Grows twofold, so that what is copied stays in proportion. */
  private byte[] room() {
    if (kept == bytes.length) {
      int size = (int) Math.min(most + 1, Math.max(FIRST, 2L * bytes.length));
      lease.take(size);
      int before = bytes.length;
      bytes = Arrays.copyOf(bytes, size);
      lease.give(before);
    }
    return bytes;
  }

  @Override
  public void onAllDataRead() throws IOException {
    if (end()) {
      try {
        end.whole(came > most ? null : body(), response);
      } finally {
        async.complete();
      }
    }
  }

  private byte[] body() {
    return kept == bytes.length ? bytes : Arrays.copyOf(bytes, kept);
  }

  @Override
  public void onError(Throwable thrown) {
    FatalErrors.endIfFatal(thrown);
    if (end()) {
      ClientConnection.abandon(async.getRequest());
      end.gone();
      async.complete();
    }
  }

  /** Answers without the rest of it, and waits no longer for that. */
  void turnAway(TurnedAway why) {
    if (end()) {
      try {
        end.turnedAway(why, response);
      } catch (IOException e) {
        // The client is gone: nobody waits for the answer.
      } finally {
        ClientConnection.abandon(async.getRequest());
        async.complete();
      }
    }
  }

  private synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    waiting.remove(this);
    return first;
  }
}
