package io.crossfade.router.intake;

import io.crossfade.db.budget.BudgetSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.coyote.Constants;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP whose heads and bodies have to come in time. Tomcat only asks that each byte comes in time,
 * so a head of 8 KB may take hours.
 */
public final class ClientProtocol extends Http11NioProtocol {

  /** What a connection within the head of a request takes of the heap, bytes. */
  public static final int HEAD = 26 * 1024;

  /** Of the heap, for those; the budget has most of the rest. */
  private static final double SHARE = 0.55;

  private static final Logger log = LoggerFactory.getLogger(ClientProtocol.class);

  /** Those at work on a request: Tomcat does not say which connection they are of. */
  private final Set<AtWork> atWork = ConcurrentHashMap.newKeySet();

  /** A processor that says whose request it is at work on. */
  private final class AtWork extends Http11Processor {

    private final TimedInput input;
    private volatile @Nullable SocketWrapperBase<?> connection;

    AtWork() {
      super(ClientProtocol.this, ClientProtocol.this.getAdapter());
      input = new TimedInput(request);
    }

    @Override
    public SocketState service(SocketWrapperBase<?> of) throws IOException {
      connection = of;
      atWork.add(this);
      try {
        return super.service(of);
      } finally {
        atWork.remove(this);
        connection = null;
      }
    }

    /** The connection that it is at work on now; {@code null} when on none. */
    @Nullable SocketWrapperBase<?> connection() {
      return connection;
    }

    boolean isSlow(BudgetSettings settings, long now) {
      Duration patience = settings.bodyPatience();
      return switch (request.getRequestProcessor().getStage()) {
        case Constants.STAGE_NEW, Constants.STAGE_PARSE, Constants.STAGE_ENDED -> {
          // before its first byte, Tomcat's own time counts
          long begin = request.getStartTimeNanos();
          yield begin >= 0 && now - begin > patience.toNanos();
        }
        case Constants.STAGE_SERVICE -> {
          long waited = input.waited(now);
          yield waited > settings.bodyDeadline().toNanos()
              || SlowBodies.isBehind(
                  request.getBytesRead(), waited, patience, settings.bodyRate().toBytes());
        }
        default -> false;
      };
    }
  }

  /**
   * Accepts no more connections than there is room for while each is within a head, of which no
   * budget knows.
   *
   * @param heap bytes
   */
  public void fit(long heap) {
    int most = (int) Math.min(Integer.MAX_VALUE, (long) (heap * SHARE) / HEAD);
    int wanted = getMaxConnections();
    setMaxConnections(wanted < 0 ? most : Math.min(wanted, most));
  }

  @Override
  protected Processor createProcessor() {
    return new AtWork();
  }

  /**
   * Finds connections whose heads, or bodies that a thread waits for, are too slow. Each may have
   * gone on to another request until it is ended, so it is looked at again then.
   *
   * @param now {@link System#nanoTime}
   * @param found gets what ends each of them
   */
  void slow(BudgetSettings settings, long now, Queue<Runnable> found) {
    for (SocketWrapperBase<?> connection : getEndpoint().getConnections()) {
      endWhile(
          connection,
          () ->
              connection.getCurrentProcessor() instanceof AtWork processor
                  && !processor.isAsync()
                  && processor.isSlow(settings, now),
          found);
    }
    for (AtWork processor : atWork) {
      SocketWrapperBase<?> connection = processor.connection();
      if (connection != null) {
        endWhile(
            connection,
            () -> processor.connection() == connection && processor.isSlow(settings, now),
            found);
      }
    }
  }

  private static void endWhile(
      SocketWrapperBase<?> connection, BooleanSupplier slow, Queue<Runnable> found) {
    if (slow.getAsBoolean()) {
      found.add(
          () -> {
            if (slow.getAsBoolean()) {
              end(connection);
            }
          });
    }
  }

  /** Whoever reads it finds its end, and closes it in Tomcat's own order. */
  private static void end(SocketWrapperBase<?> connection) {
    if (connection.getSocket() instanceof NioChannel channel) {
      try {
        channel.getIOChannel().shutdownInput();
      } catch (IOException e) {
        log.debug("A slow connection has ended by itself: {}", e.toString());
      }
    }
  }
}
