package io.crossfade.stream;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Redis that is made on first use and made anew once it is gone. What was under way
 * on the one before has failed then, and is not sent again.
 */
final class RedisLink<K, V> {

  /** While Redis is away: whoever waited for an attempt does not make one too. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  private final Supplier<StatefulRedisConnection<K, V>> connect;
  private volatile @Nullable StatefulRedisConnection<K, V> connection;
  private @Nullable RedisException failure;
  private long failedAt;

  /**
   * @param connect makes a connection, or throws a {@link RedisException}
   */
  RedisLink(Supplier<StatefulRedisConnection<K, V>> connect) {
    this.connect = connect;
  }

  /**
   * An open connection.
   *
   * @throws RedisException when Redis is away; at once when that has just been seen
   */
  StatefulRedisConnection<K, V> connection() {
    StatefulRedisConnection<K, V> known = connection;
    return known != null && known.isOpen() ? known : renewed();
  }

  /** Lets go of the connection: it is of no more use, or does not answer. */
  synchronized void drop() {
    StatefulRedisConnection<K, V> known = connection;
    connection = null;
    if (known != null) {
      known.close();
    }
  }

  private synchronized StatefulRedisConnection<K, V> renewed() {
    StatefulRedisConnection<K, V> known = connection;
    if (known != null && known.isOpen()) {
      return known;
    }
    if (failure != null && System.nanoTime() - failedAt < PAUSE_AFTER_FAILURE.toNanos()) {
      throw failure;
    }
    drop();
    try {
      StatefulRedisConnection<K, V> made = connect.get();
      connection = made;
      return made;
    } catch (RedisException e) {
      failure = e;
      failedAt = System.nanoTime();
      throw e;
    }
  }
}
