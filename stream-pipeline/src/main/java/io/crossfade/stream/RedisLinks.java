package io.crossfade.stream;

import io.crossfade.db.logging.OutageLog;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Connections to Redis that fail at once when it is away and never send a command twice. They are
 * made on first use, so that a router starts while Redis is away, and closed with their client.
 */
final class RedisLinks implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(RedisLinks.class);

  /** Stops after consumers and appender, and before the client. */
  static final int PHASE = StreamPipeline.PHASE - 1;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** A question about a stream, which a person may be waiting for. */
  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(1);

  /** For all that keep a connection: one that cannot is not alone. */
  final OutageLog away = new OutageLog(log, "Redis is away");

  private final RedisClient client;
  private final StreamSettings settings;
  private final RedisLink<byte[], byte[]> binary;
  private final RedisLink<String, String> text;
  private volatile boolean stopped;

  RedisLinks(RedisClient client, StreamSettings settings) {
    this.client = client;
    this.settings = settings;
    this.binary = link();
    this.text = new RedisLink<>(this::connectForQuestions);
  }

  /**
   * What every client of Crossfade needs. A replayed append would be a double write minutes later,
   * and Lettuce replays what was unanswered whenever it reconnects by itself, whatever its replay
   * filter says; so it must not, and {@link RedisLink} does.
   */
  static ClientOptions options() {
    return options(ClientOptions.builder()).build();
  }

  /** The same in addition to others, which may be those of a secured connection. */
  static ClientOptions.Builder options(ClientOptions.Builder builder) {
    return builder
        .autoReconnect(false)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .socketOptions(
            SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build());
  }

  /**
   * A connection of the caller's own, for entries, which stays as it is once it is gone.
   *
   * @throws RedisException when Redis is away, or the router has stopped
   */
  StatefulRedisConnection<byte[], byte[]> open() {
    return connect(ByteArrayCodec.INSTANCE);
  }

  /** A link of the caller's own, for entries. */
  RedisLink<byte[], byte[]> link() {
    return new RedisLink<>(this::open);
  }

  /**
   * Commands about entries, on a connection that all share.
   *
   * @throws RedisException when Redis is away
   */
  RedisAsyncCommands<byte[], byte[]> binary() {
    return binary.connection().async();
  }

  /**
   * Commands about the streams as such, on a connection that all share.
   *
   * @throws RedisException when Redis is away
   */
  RedisCommands<String, String> text() {
    return text.connection().sync();
  }

  /**
   * Runs a script that answers with a list, in the way of {@link #text}.
   *
   * @throws RedisException when Redis is away
   */
  List<Object> ask(String script, List<String> keys, String... arguments) {
    List<Object> answer =
        text().eval(script, ScriptOutputType.MULTI, keys.toArray(String[]::new), arguments);
    return Objects.requireNonNull(answer);
  }

  /** Lets go of the shared connections when they do not answer, or lead to a wrong server. */
  void leave(RedisException failure) {
    if (failure instanceof RedisCommandTimeoutException || WrongServer.said(failure)) {
      drop();
    }
  }

  /** Lets go of the shared connections. */
  void drop() {
    binary.drop();
    text.drop();
  }

  /**
   * Lets go of the shared connections when they lead to a server that is no primary: it answers
   * what only reads, and refuses the rest for ever.
   *
   * @throws RedisException when Redis is away
   */
  void leaveReplica() {
    try {
      if ("slave".equals(text().role().getFirst())) {
        log.warn("Redis is a replica now; connecting to whoever is the primary");
        drop();
      }
    } catch (RedisCommandExecutionException e) {
      log.debug("Redis does not say what it is: {}", e.getMessage());
    }
  }

  /** Not only at the start: who comes back may be set up otherwise, or be another server. */
  private StatefulRedisConnection<String, String> connectForQuestions() {
    StatefulRedisConnection<String, String> connection = connect(StringCodec.UTF8);
    connection.setTimeout(QUESTION_TIMEOUT);
    try {
      RedisPreflight.report(connection.sync(), settings.keys());
    } catch (RedisException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /**
   * What asks every second may do so once more while the client goes, which Netty calls an error.
   */
  private <K, V> StatefulRedisConnection<K, V> connect(RedisCodec<K, V> codec) {
    if (stopped) {
      throw new RedisException("This router has let go of Redis");
    }
    return client.connect(codec);
  }

  @Override
  public void start() {
    stopped = false;
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public boolean isRunning() {
    return !stopped;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
