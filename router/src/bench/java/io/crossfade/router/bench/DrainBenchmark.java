package io.crossfade.router.bench;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.HealthData;
import io.crossfade.db.Output;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.RouterApplication;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.StreamAppender;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.StreamMeter;
import io.crossfade.stream.TestRedis;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;

/** 200,000 waiting entries become rows: read, decode, upsert, acknowledge. */
final class DrainBenchmark {

  private static final int ENTRIES = 200_000;
  private static final int BATCH = 500;

  /** After so many the compiler is mostly idle while entries drain; how much is printed. */
  private static final int WARM_UPS = 7;

  private static final String BARE = "bare writer, same rows";
  private static final String ONE = "drain, one consumer";
  private static final String TWO = "drain, two consumers";
  private static final String CONTAINER = "Spring Data listener container, row by row";
  private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
  private static int second;

  private DrainBenchmark() {}

  static void run() throws Exception {
    try (TestOutputs outputs = new TestOutputs(PlainLinks.to(TestDatabase.newSchemas()));
        TestRedis redis = new TestRedis("--appendfsync", "everysec")) {
      BenchServers.keepFile(redis);
      container(outputs, redis, Duration.ofSeconds(5));
      for (int turn = 0; turn < WARM_UPS; turn++) {
        bare(outputs, ENTRIES);
        drain(outputs, redis, 1, ENTRIES);
      }
      new Series("rows/s")
          .with(BARE, () -> bare(outputs, ENTRIES))
          .with(ONE, () -> drain(outputs, redis, 1, ENTRIES))
          .with(TWO, () -> drain(outputs, redis, 2, ENTRIES))
          .with(CONTAINER, () -> container(outputs, redis, Duration.ofSeconds(8)))
          .run(Integer.getInteger("crossfade.bench.rounds", 5))
          .ratio(ONE, BARE, 0.75)
          .ratio(TWO, BARE, 0.75)
          .ratio(ONE, CONTAINER, 30)
          .ratio(TWO, CONTAINER, 30);
    }
  }

  private static double bare(TestOutputs outputs, int rows) throws Exception {
    List<List<HealthData>> batches = batches(rows);
    Output output = new Output(outputs.stream());
    long begin = System.nanoTime();
    for (List<HealthData> batch : batches) {
      output.write(batch);
    }
    return rows / ((System.nanoTime() - begin) / 1e9);
  }

  private static double drain(TestOutputs outputs, TestRedis redis, int consumers, int entries)
      throws Exception {
    String prefix = TestRedis.newPrefix();
    try (var appending = start(outputs, redis, prefix, "--crossfade.stream.consume=false")) {
      StreamAppender appender = appending.getBean(StreamAppender.class);
      for (List<HealthData> batch : batches(entries)) {
        appender.append(batch).get(30, TimeUnit.SECONDS);
      }
    }
    long begin = System.nanoTime();
    try (var draining =
        start(outputs, redis, prefix, "--crossfade.stream.max-consumers=" + consumers)) {
      StreamHealth health = draining.getBean(StreamHealth.class);
      // The clock starts with the first row, not with the application.
      long ready = System.nanoTime();
      // As the router counts them: over millions of rows the database took as long as the drain to
      // count.
      long already = written(draining);
      long compiled = COMPILER.getTotalCompilationTime();
      while (!health.drained()) {
        LockSupport.parkNanos(20_000_000);
      }
      double seconds = (System.nanoTime() - ready) / 1e9;
      System.out.printf(
          "    (%d rows before the clock, start took %.1f s, compiling %.0f %% of the time)%n",
          already,
          (ready - begin) / 1e9,
          (COMPILER.getTotalCompilationTime() - compiled) / seconds / 10);
      return (entries - already) / seconds;
    }
  }

  private static long written(ConfigurableApplicationContext router) {
    return (long)
        router.getBean(MeterRegistry.class).find(StreamMeter.WRITTEN.id()).counters().stream()
            .mapToDouble(Counter::count)
            .sum();
  }

  /**
   * What Spring Data offers: one message at a time to a listener, which inserts and acknowledges.
   */
  private static double container(TestOutputs outputs, TestRedis redis, Duration duration)
      throws Exception {
    String prefix = TestRedis.newPrefix();
    try (var context = start(outputs, redis, prefix, "--crossfade.stream.consume=false")) {
      StreamAppender appender = context.getBean(StreamAppender.class);
      for (List<HealthData> batch : batches(20_000)) {
        appender.append(batch).get(30, TimeUnit.SECONDS);
      }
      String key = prefix + "health_data_stream";
      StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
      template.opsForStream().createGroup(key, ReadOffset.from("0"), "spring");
      Output output = new Output(outputs.stream());
      LongAdder rows = new LongAdder();
      var container =
          StreamMessageListenerContainer.create(
              context.getBean(RedisConnectionFactory.class),
              StreamMessageListenerContainer.StreamMessageListenerContainerOptions.builder()
                  .batchSize(BATCH)
                  .pollTimeout(Duration.ofMillis(100))
                  .keySerializer(RedisSerializer.string())
                  .hashKeySerializer(RedisSerializer.string())
                  .hashValueSerializer(RedisSerializer.byteArray())
                  .build());
      var subscription =
          container.receive(
              Consumer.from("spring", "one"),
              StreamOffset.create(key, ReadOffset.lastConsumed()),
              message -> {
                insert(output, message);
                template.opsForStream().acknowledge(key, "spring", message.getId());
                rows.increment();
              });
      long begin = System.nanoTime();
      container.start();
      LockSupport.parkNanos(duration.toNanos());
      double rate = rows.sum() / ((System.nanoTime() - begin) / 1e9);
      container.stop();
      while (subscription.isActive()) {
        LockSupport.parkNanos(10_000_000);
      }
      return rate;
    }
  }

  private static void insert(Output output, MapRecord<String, ?, byte[]> message) {
    try {
      AcceptedRecord decoded = RecordCodec.decode(message.getValue().values().iterator().next());
      output.write(List.of(decoded));
    } catch (RecordCodec.UnreadableEntryException | java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ConfigurableApplicationContext start(
      TestOutputs outputs, TestRedis redis, String prefix, String more) {
    List<String> arguments =
        TestRouterApplication.arguments(
            outputs.settings(),
            redis.port(),
            List.of(
                "--crossfade.stream.key-prefix=" + prefix,
                "--server.port=0",
                "--management.server.port=0",
                "--spring.main.banner-mode=off",
                "--logging.level.root=error",
                more));
    return new SpringApplication(RouterApplication.class, BenchRouter.class)
        .run(arguments.toArray(String[]::new));
  }

  private static List<List<HealthData>> batches(int rows) {
    List<List<HealthData>> batches = new ArrayList<>();
    for (int from = 0; from < rows; from += BATCH) {
      batches.add(BenchRecords.plain(BATCH, second++));
    }
    return batches;
  }
}
