package io.crossfade.router;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many connections in one thread, each of which sends a byte a second, one after the other: a half
 * of them of a head that never ends, a half of a body. One that the router ends is opened again.
 */
final class SlowCrowd implements AutoCloseable {

  private static final byte[] HEAD =
      "POST /upload_health_data HTTP/1.1\r\nHost: router\r\nX-Slow: "
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BODY =
      ("POST /upload_health_data HTTP/1.1\r\nHost: router\r\nContent-Length: 2000000\r\n\r\n"
              + "{\"data\":")
          .getBytes(StandardCharsets.US_ASCII);

  /** Its thread sleeps no more often, ns: a sleep costs as much as a few bytes. */
  private static final long WAKES_EVERY = TimeUnit.MILLISECONDS.toNanos(2);

  private final int port;
  private final SocketChannel[] connections;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  SlowCrowd(int port, int size) {
    this.port = port;
    this.connections = new SocketChannel[size];
    this.thread = Thread.ofPlatform().name("slow-crowd").start(this::run);
  }

  /** Connections that have sent their first bytes and are not known to have been ended. */
  int open() {
    return open.get();
  }

  /** How many the router has ended. */
  int ended() {
    return ended.get();
  }

  private void run() {
    ByteBuffer answer = ByteBuffer.allocate(1024);
    try {
      long due = System.nanoTime();
      while (closed.getCount() > 0) {
        for (int i = 0; i < connections.length && closed.getCount() > 0; i++) {
          drip(i, answer);
          due += TimeUnit.SECONDS.toNanos(1) / connections.length;
          long early = due - System.nanoTime();
          if (early > WAKES_EVERY) {
            closed.await(early, TimeUnit.NANOSECONDS);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drip(int i, ByteBuffer answer) {
    SocketChannel connection = connections[i];
    try {
      if (connection == null) {
        connection = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        connections[i] = connection;
        connection.configureBlocking(false);
        connection.write(ByteBuffer.wrap(i % 2 == 0 ? HEAD : BODY));
        open.incrementAndGet();
        return;
      }
      if (connection.read(answer.clear()) < 0) {
        throw new IOException("ended");
      }
      connection.write(ByteBuffer.wrap(new byte[] {'x'}));
    } catch (IOException e) {
      if (connection != null) {
        ended.incrementAndGet();
        open.decrementAndGet();
      }
      close(i);
    }
  }

  private void close(int i) {
    SocketChannel connection = connections[i];
    connections[i] = null;
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // it is gone
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    thread.join();
    for (int i = 0; i < connections.length; i++) {
      close(i);
    }
  }
}
