package io.crossfade.router.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keep-alive connections to loopback that send as fast as they are answered, or at a rate. One
 * thread serves them all: a client that shares the processors with what it measures must be cheap,
 * and one thread a connection cost as much as Tomcat at a rate.
 */
final class LoadClient {

  /** No two uploads are the same, whoever sends them. */
  static final AtomicLong NUMBERS = new AtomicLong();

  /**
   * What a run saw. Latencies at a rate count from when the request was due.
   *
   * @param perSecond uploads answered with 200 while it measured
   * @param errors all other answers and broken connections, at any time
   */
  record Result(double perSecond, long errors, double p50Millis, double p95Millis, double p99Millis) {}

  /**
   * When requests are sent; all times as {@link System#nanoTime}.
   *
   * @param measured from when on answers count
   * @param interval between two requests of a connection; 0 sends with the answer to the last one
   */
  record Schedule(long begin, long measured, long end, double interval) {}

  private final int port;
  private final Uploads uploads;
  private final int connections;

  LoadClient(int port, Uploads uploads, int connections) {
    this.port = port;
    this.uploads = uploads;
    this.connections = connections;
  }

  /** Uploads per second, as fast as answers come; fails unless all are answered with 200. */
  double perSecond(Duration duration) {
    Result result = run(duration);
    if (result.errors() > 0) {
      throw new IllegalStateException(result.errors() + " uploads failed");
    }
    return result.perSecond();
  }

  /** As fast as answers come. */
  Result run(Duration duration) {
    return run(duration, 0);
  }

  /**
   * @param rate requests per second in all, 0 for as fast as answers come
   */
  Result run(Duration duration, double rate) {
    return run(Duration.ZERO, duration, rate);
  }

  /**
   * @param before how long it runs before it is measured
   * @param rate requests per second in all, 0 for as fast as answers come
   */
  Result run(Duration before, Duration duration, double rate) {
    try (LoadLoop loop = new LoadLoop(port, uploads, connections)) {
      // Else collections of what was just connected pause this client while it measures.
      System.gc();
      long begin = System.nanoTime();
      long measured = begin + before.toNanos();
      loop.run(
          new Schedule(
              begin, measured, measured + duration.toNanos(), rate == 0 ? 0 : connections / rate * 1e9));
      double seconds = (System.nanoTime() - measured) / 1e9;
      Latencies latencies = loop.latencies();
      return new Result(
          latencies.count() / seconds,
          loop.errors(),
          latencies.millis(0.50),
          latencies.millis(0.95),
          latencies.millis(0.99));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
