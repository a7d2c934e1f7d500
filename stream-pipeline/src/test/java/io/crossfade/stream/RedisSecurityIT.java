package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DbSettings;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A worker behind TLS, as a user who may do no more than it needs. */
class RedisSecurityIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What the README gives a user of Redis. */
  private static final String[] RULES = {
    "on",
    ">of-the-user",
    "resetkeys",
    "~p:*",
    "resetchannels",
    "-@all",
    "+@connection",
    "+@stream",
    "+info",
    "+config|get",
    "+memory|usage",
    "+time",
    "+exists",
    "+eval"
  };

  private TestRedis redis;
  private TlsLink tls;
  private TestOutputs outputs;

  @BeforeEach
  void open() throws Exception {
    redis = new TestRedis();
    tls = new TlsLink(redis.port());
    outputs = new TestOutputs(TestDatabase.newSchemas());
    allowUser();
  }

  private void allowUser() {
    redis.command(
        admin -> {
          CommandArgs<String, String> rules =
              new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add("crossfade");
          for (String rule : RULES) {
            rules.add(rule);
          }
          admin.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), rules);
        });
  }

  @AfterEach
  void close() throws Exception {
    outputs.close();
    tls.close();
    redis.close();
  }

  @Test
  void workerSpeaksTlsByItsBundleAndIsWhoItsUrlSays() throws Exception {
    try (ConfigurableApplicationContext worker = workerThatTrusts()) {
      assertWrites(worker);
    }
  }

  @Test
  void workerThatStartedWhileRedisWasAwaySpeaksTlsOnceItComes() throws Exception {
    redis.kill();
    try (ConfigurableApplicationContext worker = workerThatTrusts()) {
      redis.start();
      allowUser();
      assertWrites(worker);
    }
  }

  @Test
  void workerTakesTheUserFromItsOwnSetting() throws Exception {
    try (ConfigurableApplicationContext worker =
        worker(
            "--spring.data.redis.host=127.0.0.1",
            "--spring.data.redis.port=" + redis.port(),
            "--spring.data.redis.username=crossfade",
            "--spring.data.redis.password=of-the-user")) {
      assertWrites(worker);
    }
  }

  private ConfigurableApplicationContext workerThatTrusts() {
    return worker(
        "--spring.data.redis.url=rediss://crossfade:of-the-user@localhost:" + tls.port(),
        "--spring.data.redis.ssl.bundle=redis",
        "--spring.ssl.bundle.jks.redis.truststore.location=file:" + tls.store(),
        "--spring.ssl.bundle.jks.redis.truststore.type=PKCS12",
        "--spring.ssl.bundle.jks.redis.truststore.password=" + TlsLink.PASSWORD);
  }

  /** Whoever is in between has a certificate too. */
  @Test
  void certificateThatNobodyTrustsIsRefused() {
    try (ConfigurableApplicationContext worker =
        worker("--spring.data.redis.url=rediss://crossfade:of-the-user@localhost:" + tls.port())) {
      assertThat(
              worker
                  .getBean(StreamAppender.class)
                  .append(List.of(SampleRecords.health("TLS", 1)))
                  .handle((ids, failure) -> failure)
                  .join())
          .isNotNull();
    }
  }

  private void assertWrites(ConfigurableApplicationContext worker) {
    StreamAppender appender = worker.getBean(StreamAppender.class);
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < 50; second++) {
      records.add(SampleRecords.health("TLS", second));
    }
    await()
        .atMost(PATIENCE)
        .until(() -> appender.append(records).handle((ids, failure) -> failure == null).get());
    StreamHealth health = worker.getBean(StreamHealth.class);
    await().atMost(PATIENCE).ignoreExceptions().until(health::drained);
    assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(50);
    StreamUpkeep upkeep =
        new StreamUpkeep(
            worker.getBean(StreamLook.class),
            worker.getBean(StreamGroups.class),
            health,
            new StreamTrimmer(
                worker.getBean(StreamLook.class),
                worker.getBean(StreamGroups.class),
                worker.getBean(StreamSettings.class),
                InstantSource.system(),
                new SimpleMeterRegistry()),
            worker.getBean(StreamSettings.class),
            new SimpleMeterRegistry());
    upkeep.round();
    assertThat(worker.getBean(StreamGroups.class).bytes(StreamName.HEALTH)).isPositive();
  }

  private ConfigurableApplicationContext worker(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--crossfade.stream.key-prefix=p:");
    add(arguments, "control", outputs.settings().control());
    add(arguments, "legacy", outputs.settings().legacy());
    add(arguments, "stream", outputs.settings().stream());
    DbSettings.Credentials migration = Objects.requireNonNull(outputs.settings().migration());
    arguments.add("--crossfade.db.migration.username=" + migration.username());
    arguments.add("--crossfade.db.migration.password=" + migration.password());
    return new SpringApplicationBuilder(StreamWorker.class)
        .web(WebApplicationType.NONE)
        .run(arguments.toArray(String[]::new));
  }

  private static void add(List<String> arguments, String name, DbSettings.Schema schema) {
    arguments.add("--crossfade.db.%s.url=%s".formatted(name, schema.url()));
    arguments.add("--crossfade.db.%s.username=%s".formatted(name, schema.username()));
    arguments.add("--crossfade.db.%s.password=%s".formatted(name, schema.password()));
  }
}
