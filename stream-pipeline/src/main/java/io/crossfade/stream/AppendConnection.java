package io.crossfade.stream;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that appends go down until it is gone, answers no more or leads to the wrong server:
 * what it has not answered fails then, and the next connection knows nothing of it.
 */
final class AppendConnection implements AutoCloseable {

  /** The one field of an entry: a record as {@code RecordCodec} writes it. */
  static final byte[] FIELD = {'r'};

  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final FlushPacer pacer;
  private volatile boolean spent;

  AppendConnection(StatefulRedisConnection<byte[], byte[]> connection) {
    this.connection = connection;
    connection.setAutoFlushCommands(false);
    this.pacer = new FlushPacer(connection::flushCommands);
  }

  boolean isOpen() {
    return connection.isOpen() && !spent;
  }

  /**
   * Takes an entry, to be sent when {@link #taken}, {@link #answered} or {@link #sendGathered} say
   * so.
   *
   * @return its id
   */
  RedisFuture<String> append(byte[] key, byte[] entry) {
    return connection.async().xadd(key, Map.of(FIELD, entry));
  }

  /**
   * Entries have been taken.
   *
   * @param awaited whether somebody waits for their ids
   */
  void taken(int entries, boolean awaited) {
    if (awaited) {
      pacer.appended(entries);
    } else {
      pacer.gathered(entries);
    }
  }

  /** Sends entries that nobody waits for. */
  void sendGathered() {
    pacer.sendGathered();
  }

  /**
   * One was answered, or has failed. Answers come in the order of the commands: one that is seconds
   * late holds up all others.
   */
  void answered(@Nullable Throwable failure) {
    if (failure instanceof RedisCommandTimeoutException
        || (failure != null && WrongServer.said(failure))) {
      spent = true;
    }
    pacer.answered();
  }

  /** Fails what is unanswered. */
  @Override
  public void close() {
    connection.close();
  }
}
