package io.crossfade.stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections to Redis that fail at once when it is away and never send a command twice. They are
 * made on first use, so that a router starts while Redis is away.
 */
final class RedisLinks implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** A question about a stream, which a person may be waiting for. */
  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(1);

  private final RedisClient client;
  private final List<StatefulRedisConnection<?, ?>> open = new ArrayList<>();
  private @Nullable RedisCommands<byte[], byte[]> binary;
  private @Nullable RedisCommands<String, String> text;

  RedisLinks(RedisClient client) {
    this.client = client;
  }

  /**
   * What every client of Crossfade needs: a replayed append would be a double write minutes later.
   */
  static ClientOptions options() {
    return ClientOptions.builder()
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .replayFilter(command -> true)
        .socketOptions(
            SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build())
        .build();
  }

  /**
   * A connection of the caller's own, for entries.
   *
   * @throws RedisException when Redis is away
   */
  synchronized StatefulRedisConnection<byte[], byte[]> open() {
    StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
    open.removeIf(other -> !other.isOpen());
    open.add(connection);
    return connection;
  }

  /**
   * Commands about entries, on a connection that all share.
   *
   * @throws RedisException when Redis is away and has been since the start
   */
  synchronized RedisCommands<byte[], byte[]> binary() {
    if (binary == null) {
      binary = open().sync();
    }
    return binary;
  }

  /**
   * Commands about the streams as such, on a connection that all share.
   *
   * @throws RedisException when Redis is away and has been since the start
   */
  synchronized RedisCommands<String, String> text() {
    if (text == null) {
      StatefulRedisConnection<String, String> connection = client.connect(StringCodec.UTF8);
      connection.setTimeout(QUESTION_TIMEOUT);
      open.add(connection);
      text = connection.sync();
    }
    return text;
  }

  @Override
  public synchronized void close() {
    open.stream().filter(StatefulRedisConnection::isOpen).forEach(StatefulRedisConnection::close);
  }
}
