package io.crossfade.reconciler.tables;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets a run wait, before each range that it reads and each few rows that it writes, while a server
 * is busy or a replica is behind.
 */
public final class TableThrottle implements AutoCloseable {

  /** Waits for nothing. */
  public static final TableThrottle NONE =
      new TableThrottle(LoadBounds.NONE, List.of(), reason -> {});

  private static final long LOOK_AGAIN_MS = 500;

  private final LoadBounds bounds;
  private final List<ServerLoad> servers;
  private final Consumer<String> waiting;
  private final ReentrantLock lock = new ReentrantLock();

  private TableThrottle(LoadBounds bounds, List<ServerLoad> servers, Consumer<String> waiting) {
    this.bounds = bounds;
    this.servers = servers;
    this.waiting = waiting;
  }

  /**
   * Watches servers.
   *
   * @param read the two that are compared
   * @param waiting is told why, each time that a wait begins
   * @throws SQLException when a server may not be asked what the bounds are about
   * @throws IOException when a bound is about replicas and there is none
   */
  public static TableThrottle open(LoadBounds bounds, Set<Endpoint> read, Consumer<String> waiting)
      throws SQLException, IOException {
    if (bounds.threadsRunning() == null && bounds.replicaDelay() == null) {
      return NONE;
    }
    Set<Endpoint> watched = new LinkedHashSet<>(read);
    watched.addAll(bounds.replicas());
    List<ServerLoad> servers = new ArrayList<>();
    TableThrottle throttle = new TableThrottle(bounds, servers, waiting);
    try {
      int channels = 0;
      for (Endpoint one : watched) {
        ServerLoad server = new ServerLoad(one);
        servers.add(server);
        channels += bounds.replicaDelay() == null ? 0 : server.channels().size();
      }
      if (bounds.replicaDelay() != null && channels == 0) {
        throw new IOException(
            "--max-replica-delay: none of these is a replica: %s; name one with --replica"
                .formatted(watched));
      }
    } catch (SQLException | IOException | RuntimeException e) {
      throttle.close();
      throw e;
    }
    return throttle;
  }

  /** Returns when a run may go on. */
  void await() throws SQLException, InterruptedException {
    if (servers.isEmpty()) {
      return;
    }
    lock.lockInterruptibly();
    try {
      boolean said = false;
      for (Optional<String> why = reason(); why.isPresent(); why = reason()) {
        if (!said) {
          waiting.accept(why.get());
          said = true;
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> reason() throws SQLException {
    for (ServerLoad server : servers) {
      Optional<String> why = server.reason(bounds);
      if (why.isPresent()) {
        return why;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws SQLException {
    for (ServerLoad server : servers) {
      server.close();
    }
  }
}
