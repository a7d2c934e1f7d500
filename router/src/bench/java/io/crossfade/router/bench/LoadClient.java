package io.crossfade.router.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** Keep-alive connections to loopback that send as fast as they are answered, or at a rate. */
final class LoadClient {

  /** No two uploads are the same, whoever sends them. */
  static final AtomicLong NUMBERS = new AtomicLong();
  private static final double BUCKET = Math.log(1.02);
  private static final int BUCKETS = 1_400;

  /**
   * What a run saw. Latencies at a rate count from when the request was due.
   *
   * @param perSecond uploads answered with 200 while it measured
   * @param errors all other answers and broken connections, at any time
   */
  record Result(double perSecond, long errors, double p50Millis, double p95Millis, double p99Millis) {}

  private final int port;
  private final Uploads uploads;
  private final int connections;

  LoadClient(int port, Uploads uploads, int connections) {
    this.port = port;
    this.uploads = uploads;
    this.connections = connections;
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
    AtomicLongArray latencies = new AtomicLongArray(BUCKETS);
    AtomicLong answered = new AtomicLong();
    AtomicLong errors = new AtomicLong();
    CountDownLatch connected = new CountDownLatch(connections);
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    long[] begin = new long[1];
    for (int c = 0; c < connections; c++) {
      int number = c;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                      socket.setTcpNoDelay(true);
                      connected.countDown();
                      go.await();
                      send(
                          socket,
                          number,
                          begin[0],
                          begin[0] + before.toNanos(),
                          duration,
                          rate,
                          latencies,
                          answered,
                          errors);
                    } catch (IOException e) {
                      connected.countDown();
                      errors.incrementAndGet();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    try {
      connected.await();
      // Else collections of what was just connected pause this client while it measures.
      System.gc();
      begin[0] = System.nanoTime();
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    double seconds = (System.nanoTime() - begin[0] - before.toNanos()) / 1e9;
    return new Result(
        answered.get() / seconds,
        errors.get(),
        percentile(latencies, 0.50),
        percentile(latencies, 0.95),
        percentile(latencies, 0.99));
  }

  private void send(
      Socket socket,
      int number,
      long begin,
      long measured,
      Duration duration,
      double rate,
      AtomicLongArray latencies,
      AtomicLong answered,
      AtomicLong errors)
      throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] request = uploads.newBuffer();
    byte[] answer = new byte[2 * 1024];
    long end = measured + duration.toNanos();
    for (long turn = 0; ; turn++) {
      long due =
          rate == 0
              ? System.nanoTime()
              : begin + (long) ((turn * connections + number) / rate * 1e9);
      if (due >= end) {
        return;
      }
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      uploads.fill(request, NUMBERS.getAndIncrement());
      out.write(request);
      boolean accepted = readAnswer(in, answer) == 200;
      if (!accepted) {
        errors.incrementAndGet();
      }
      if (due - measured < 0) {
        continue;
      }
      if (accepted) {
        answered.incrementAndGet();
      }
      double latency = Math.max(1, System.nanoTime() - due);
      latencies.incrementAndGet(Math.min(BUCKETS - 1, (int) (Math.log(latency) / BUCKET)));
    }
  }

  private static int readAnswer(InputStream in, byte[] buffer) throws IOException {
    int filled = 0;
    int head = -1;
    int length = 0;
    while (head < 0 || filled < head + length) {
      int read = in.read(buffer, filled, buffer.length - filled);
      if (read <= 0) {
        throw new IOException(read < 0 ? "closed" : "an answer longer than the buffer");
      }
      filled += read;
      if (head < 0) {
        String text = new String(buffer, 0, filled, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end >= 0) {
          head = end + 4;
          int at = text.indexOf("Content-Length: ") + "Content-Length: ".length();
          length = Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
        }
      }
    }
    return (buffer[9] - '0') * 100 + (buffer[10] - '0') * 10 + buffer[11] - '0';
  }

  private static double percentile(AtomicLongArray latencies, double fraction) {
    long all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += latencies.get(i);
    }
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += latencies.get(i);
      if (seen >= all * fraction) {
        return Math.exp((i + 1) * BUCKET) / 1e6;
      }
    }
    return Double.NaN;
  }
}
