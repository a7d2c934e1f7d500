package io.crossfade.router.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The JDK's HTTP client on keep-alive connections, as fast as answers come. It takes several times
 * the CPU of {@link LoadClient} for a request, as clients do that are not made for a benchmark.
 */
final class LibraryClient {

  private static final double BROKEN_AT_MOST = 1e-3;

  private final AtomicLong broken = new AtomicLong();
  private final URI uri;
  private final Uploads uploads;
  private final int connections;

  LibraryClient(int port, String path, int connections) {
    this.uri = URI.create("http://127.0.0.1:" + port + path);
    this.uploads = new Uploads(path, 1);
    this.connections = connections;
  }

  /** Uploads per second that were answered with 200; fails when others were. */
  double perSecond(Duration duration) {
    // A client of its own for each run: connections of the last one may have been idle too long.
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return perSecond(client, duration);
    }
  }

  private double perSecond(HttpClient client, Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    AtomicLong answered = new AtomicLong();
    AtomicLong errors = new AtomicLong();
    broken.set(0);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.ofVirtual().start(() -> send(client, end, answered, errors)));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (errors.get() > 0 || broken.get() > answered.get() * BROKEN_AT_MOST) {
      throw new IllegalStateException(errors + " uploads failed, " + broken + " were broken off");
    }
    return answered.get() / (duration.toNanos() / 1e9);
  }

  private void send(HttpClient client, long end, AtomicLong answered, AtomicLong errors) {
    byte[] buffer = uploads.newBuffer();
    while (System.nanoTime() < end) {
      uploads.fill(buffer, LoadClient.NUMBERS.getAndIncrement());
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofByteArray(
                      buffer, uploads.bodyAt(), buffer.length - uploads.bodyAt()))
              .build();
      try {
        int status = client.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode();
        (status == 200 ? answered : errors).incrementAndGet();
      } catch (IOException e) {
        // This client now and then takes a connection from its pool that is being closed.
        broken.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
