package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.process.Loops;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection to Redis goes away under appends. */
class AppenderFaultsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration RETRY = Duration.ofMillis(1);

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final StreamSettings settings = StreamHarness.inFlight(300);
  private final ByteBudget budget = new ByteBudget(1L << 30);
  private TestRedis redis;
  private CutLink link;
  private RedisClient client;
  private StreamAppender appender;

  @BeforeEach
  void connect() {
    redis = new TestRedis();
    link = new CutLink(redis.port());
    client =
        RedisClient.create(
            RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(link.port())
                .withTimeout(COMMAND_TIMEOUT)
                .build());
    client.setOptions(RedisLinks.options());
    appender =
        new StreamAppender(new RedisLinks(client, settings), settings, new Loops(), meters, budget);
    appender.start();
  }

  @AfterEach
  void close() throws Exception {
    appender.stop();
    client.shutdown(0, 1, TimeUnit.SECONDS);
    link.close();
    redis.close();
  }

  /** An append that failed may be in the stream; sent once more, it would be in it twice. */
  @Test
  void nothingIsSentAgain() throws Exception {
    append(1).get();
    link.mute();
    CompletableFuture<List<String>> unanswered = append(2);
    await().atMost(PATIENCE).until(() -> entries() == 2);
    link.cut();
    assertThat(unanswered.handle((ids, failure) -> failure).get()).isNotNull();
    link.mend();
    await().atMost(PATIENCE).until(() -> append(3).handle((ids, e) -> e == null).get());
    assertThat(entries()).as("the first, the one that had been sent, and the last").isEqualTo(3);
  }

  /** A host that vanished closes nothing, and TCP would try for a quarter of an hour. */
  @Test
  void connectionThatAnswersNothingIsReplaced() throws Exception {
    append(1).get();
    link.mute();
    assertThat(append(2).handle((ids, failure) -> failure).get()).isNotNull();
    await().atMost(PATIENCE).until(() -> append(3).handle((ids, e) -> e == null).get());
    assertThat(inFlight()).isZero();
    assertThat(budget.used()).isZero();
  }

  /** Else it would come out of waiting as something that nobody expects: a device got 500. */
  @Test
  void appendWhoseCommandTheClientCancelledFailsLikeAnyOther() throws Exception {
    append(1).get();
    link.mute();
    PendingAppend cancelled = (PendingAppend) append(2);
    cancelled.failed(new CancellationException("as Lettuce does"));
    assertThatThrownBy(cancelled::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RedisException.class);
  }

  @Test
  void whatNobodyWaitsForIsSentBeforeLong() throws Exception {
    assertThat(appendCopies(1).get()).hasSize(1);
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void stoppingSendsWhatStillGathers() throws Exception {
    List<CompletableFuture<List<String>>> copies = new ArrayList<>();
    for (int second = 1; second <= FlushPacer.MANY + 1; second++) {
      copies.add(appendCopies(second));
    }
    appender.stop();
    for (CompletableFuture<List<String>> copy : copies) {
      assertThat(copy.get()).hasSize(1);
    }
    assertThat(inFlight()).isZero();
  }

  /** An upload of as many items as may be in flight, copied while devices are served. */
  @Test
  void copiesLeaveRoomForWhatTheStreamServes() throws Exception {
    for (int round = 0; round < 20; round++) {
      List<AcceptedRecord> upload = new ArrayList<>();
      for (int second = 0; second < settings.maxInFlight(); second++) {
        upload.add(SampleRecords.health("COPY", second).because(RouteReason.MIRROR));
      }
      CompletableFuture<List<String>> copies = appender.appendCopies(upload);
      assertThat(append(round).get()).hasSize(1);
      assertThat(copies.get()).hasSize(settings.maxInFlight());
      await().atMost(PATIENCE).until(appender::settled);
    }
  }

  /** Whatever was under way when a connection went fails then and not when its time is over. */
  @Test
  void nobodyWaitsForAConnectionThatIsGone() throws Exception {
    AtomicBoolean running = new AtomicBoolean(true);
    AtomicInteger seconds = new AtomicInteger();
    AtomicInteger confirmed = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    AtomicInteger timedOut = new AtomicInteger();
    List<Thread> devices = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      devices.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (running.get()) {
                      try {
                        append(seconds.incrementAndGet()).join();
                        confirmed.incrementAndGet();
                      } catch (RuntimeException e) {
                        failed.incrementAndGet();
                        timedOut.addAndGet(e.getCause() instanceof TimeoutException ? 1 : 0);
                        LockSupport.parkNanos(RETRY.toNanos());
                      }
                    }
                  }));
    }
    for (int cut = 0; cut < 20; cut++) {
      int before = confirmed.get();
      await().atMost(PATIENCE).until(() -> confirmed.get() >= before + 1_000);
      link.cut();
      link.mend();
    }
    running.set(false);
    for (Thread device : devices) {
      device.join();
    }
    assertThat(failed).hasPositiveValue();
    assertThat(timedOut).hasValue(0);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(inFlight()).isZero());
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(budget.used()).isZero());
    assertThat(entries()).isBetween((long) confirmed.get(), (long) seconds.get());
  }

  private CompletableFuture<List<String>> append(int second) {
    return appender.append(List.of(SampleRecords.health("CUT", second)));
  }

  private CompletableFuture<List<String>> appendCopies(int second) {
    return appender.appendCopies(List.of(SampleRecords.health("COPY", second)));
  }

  /** Asked past the link. */
  private long entries() {
    AtomicLong length = new AtomicLong();
    redis.command(admin -> length.set(admin.xlen(settings.key(StreamName.HEALTH))));
    return length.get();
  }

  private double inFlight() {
    return meters.get(StreamMeter.IN_FLIGHT.id()).gauges().stream().mapToDouble(Gauge::value).sum();
  }
}
