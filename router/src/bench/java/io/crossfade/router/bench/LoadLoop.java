package io.crossfade.router.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;

/** One run of a {@link LoadClient}: its connections and when each sends. */
final class LoadLoop implements AutoCloseable {

  /** Longest nap while a request is due soon: each waking costs. */
  private static final long NAP_NANOS = 200_000;

  private static final long LONGEST_SELECT_MILLIS = 1_000;
  private static final long LAST_ANSWERS_NANOS = Duration.ofSeconds(60).toNanos();

  private final Uploads uploads;
  private final Selector selector = Selector.open();
  private final List<LoadConnection> connections = new ArrayList<>();
  private final int all;

  /** Connections that have been answered and are not due yet. */
  private final PriorityQueue<LoadConnection> idle =
      new PriorityQueue<>(Comparator.comparingLong(LoadConnection::due));

  private final Latencies latencies = new Latencies();
  private long errors;
  private int open;

  /** Connects. */
  LoadLoop(int port, Uploads uploads, int all) throws IOException {
    this.uploads = uploads;
    this.all = all;
    for (int number = 0; number < all; number++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      LoadConnection connection = new LoadConnection(channel, number, uploads.newBuffer());
      channel.register(selector, SelectionKey.OP_READ, connection);
      connections.add(connection);
    }
    open = connections.size();
  }

  Latencies latencies() {
    return latencies;
  }

  /** Answers other than 200 and connections that broke or were not answered in time. */
  long errors() {
    return errors;
  }

  void run(LoadClient.Schedule schedule) throws IOException {
    for (LoadConnection connection : connections) {
      awaitTurn(connection, schedule);
    }
    while (open > 0) {
      sendDue();
      await();
      for (SelectionKey key : selector.selectedKeys()) {
        ready(key, schedule);
      }
      selector.selectedKeys().clear();
      if (System.nanoTime() - schedule.end() > LAST_ANSWERS_NANOS) {
        errors += open;
        return;
      }
    }
  }

  private void sendDue() {
    for (LoadConnection next = idle.peek();
        next != null && next.due() - System.nanoTime() <= 0;
        next = idle.peek()) {
      idle.remove();
      send(next);
    }
  }

  private void await() throws IOException {
    LoadConnection next = idle.peek();
    if (next == null) {
      selector.select(LONGEST_SELECT_MILLIS);
    } else if (selector.selectNow() == 0) {
      long wait = next.due() - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(Math.min(wait, NAP_NANOS));
      }
    }
  }

  private void ready(SelectionKey key, LoadClient.Schedule schedule) {
    LoadConnection connection = (LoadConnection) key.attachment();
    try {
      if (key.isWritable()) {
        write(connection);
      }
      if (key.isReadable() && connection.read()) {
        answered(connection, schedule);
      }
    } catch (IOException e) {
      errors++;
      close(connection);
    }
  }

  private void answered(LoadConnection connection, LoadClient.Schedule schedule) {
    long now = System.nanoTime();
    if (connection.status() != 200) {
      errors++;
    } else if (connection.due() - schedule.measured() >= 0) {
      latencies.record(now - connection.due());
    }
    awaitTurn(connection, schedule);
  }

  /** Closes it when no request is due any more: a run ends with its last answer. */
  private void awaitTurn(LoadConnection connection, LoadClient.Schedule schedule) {
    double turn = connection.sent() + (double) connection.number() / all;
    connection.dueAt(
        schedule.interval() == 0
            ? System.nanoTime()
            : schedule.begin() + (long) (schedule.interval() * turn));
    if (connection.due() - schedule.end() >= 0) {
      close(connection);
    } else {
      idle.add(connection);
    }
  }

  private void send(LoadConnection connection) {
    try {
      connection.fill(uploads, LoadClient.NUMBERS.getAndIncrement());
      write(connection);
    } catch (IOException e) {
      errors++;
      close(connection);
    }
  }

  private void write(LoadConnection connection) throws IOException {
    SelectionKey key = connection.channel().keyFor(selector);
    key.interestOps(
        connection.write() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
  }

  private void close(LoadConnection connection) {
    try {
      connection.channel().close();
    } catch (IOException e) {
      errors++;
    }
    open--;
  }

  @Override
  public void close() throws IOException {
    for (LoadConnection connection : connections) {
      connection.channel().close();
    }
    selector.close();
  }
}
