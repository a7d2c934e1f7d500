package io.crossfade.stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;

/** Keeps a connection for appends, without letting an append wait for one. */
final class AppendLink implements AutoCloseable {

  private final RedisLinks links;
  private volatile @Nullable AppendConnection connection;

  AppendLink(RedisLinks links) {
    this.links = links;
  }

  /** The connection that takes appends now, if any. */
  @Nullable AppendConnection connection() {
    AppendConnection known = connection;
    return known != null && known.isOpen() ? known : null;
  }

  /** Sends entries that nobody waits for, if there is a connection. */
  void sendGathered() {
    AppendConnection known = connection();
    if (known != null) {
      known.sendGathered();
    }
  }

  /** Connects when there is no connection; waits for Redis, and is called by one thread. */
  void keepOpen() {
    if (connection() != null) {
      return;
    }
    close();
    try {
      connection = new AppendConnection(links.open());
      links.away.worked();
    } catch (RuntimeException e) {
      links.away.failed(NestedExceptionUtils.getMostSpecificCause(e).toString());
    }
  }

  @Override
  public void close() {
    AppendConnection known = connection;
    connection = null;
    if (known != null) {
      known.close();
    }
  }
}
