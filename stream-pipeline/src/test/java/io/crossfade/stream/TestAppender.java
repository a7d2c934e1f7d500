package io.crossfade.stream;

import io.crossfade.db.Acceptance;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.process.Loops;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The way to a Redis without anybody who reads there, and what it brought. */
public final class TestAppender implements AutoCloseable {

  private final StreamSettings settings = StreamHarness.settings(false, 1);
  private final RedisClient client;
  private final StreamAppender appender;

  /**
   * @param port of a Redis, or of nobody
   */
  public TestAppender(int port, MeterRegistry meters, Loops loops) {
    client = RedisClient.create(RedisURI.create("127.0.0.1", port));
    client.setOptions(RedisLinks.options());
    appender =
        new StreamAppender(
            new RedisLinks(client, settings), settings, loops, meters, new ByteBudget(1L << 30));
    appender.start();
  }

  public StreamAppender appender() {
    return appender;
  }

  /** Acceptances in the streams of a kind, in their order. */
  public List<Acceptance> entries(Kind kind) {
    try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
      return StreamName.of(kind).stream()
          .flatMap(
              stream ->
                  connection
                      .sync()
                      .xrange(
                          settings.key(stream).getBytes(StandardCharsets.UTF_8), Range.unbounded())
                      .stream())
          .flatMap(entry -> entry.getBody().values().stream())
          .flatMap(body -> RecordCodec.beginning(body).stream())
          .toList();
    }
  }

  @Override
  public void close() {
    appender.stop();
    client.shutdown();
  }
}
