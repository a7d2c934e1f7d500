package io.crossfade.db.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.process.LoopReport.State;
import io.crossfade.db.process.LoopStep.Next;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time is a number here that pauses add to; nothing waits but for what another thread does. */
class SupervisedLoopTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration NONE = Duration.ofMillis(1);

  private enum TestLoop implements LoopName {
    WRITER;

    @Override
    public String label() {
      return "test-writer";
    }

    @Override
    public Duration longestSilence() {
      return LIMIT;
    }

    @Override
    public Duration longestPause() {
      return Duration.ofSeconds(1);
    }
  }

  private final AtomicLong now = new AtomicLong(5);
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private double random = 1;
  private final Loops loops =
      new Loops(
          now::get,
          (signal, most) -> {
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            pauses.add(most);
            now.addAndGet(most.toNanos());
          },
          () -> random,
          meters);

  @Test
  void whateverIsThrownIsCountedAndTheStepBegunAgainAfterPausesThatGrow() {
    List<Throwable> thrown =
        List.of(
            new IllegalStateException("a"),
            new IOException("b"),
            new AssertionError("c"),
            new StackOverflowError(),
            new NoClassDefFoundError("e"),
            new InterruptedException("from nowhere"));
    AtomicInteger steps = new AtomicInteger();
    run(
        loop -> {
          int step = steps.getAndIncrement();
          if (step < thrown.size()) {
            raise(thrown.get(step));
          }
          return step == thrown.size() ? Next.again() : Next.end();
        });
    assertThat(steps).hasValue(thrown.size() + 2);
    assertThat(pauses.stream().map(Duration::toMillis))
        .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
    assertThat(counted(LoopMeter.FAILURES)).isEqualTo(6);
    assertThat(counted(LoopMeter.RESTARTS)).isEqualTo(6);
  }

  @Test
  void pausesAreSpreadFromTheHalfOnAndBeginAnewAfterASuccess() {
    random = 0;
    AtomicInteger steps = new AtomicInteger();
    run(
        loop -> {
          int step = steps.getAndIncrement();
          if (step == 0 || step == 1 || step == 3) {
            throw new IllegalStateException();
          }
          return step < 4 ? Next.again() : Next.end();
        });
    assertThat(pauses.stream().map(Duration::toMillis)).containsExactly(50L, 100L, 50L);
  }

  @Test
  void loopThatIsStuckInACallIsSilentUntilItComesBack() {
    CountDownLatch come = new CountDownLatch(1);
    SupervisedLoop loop =
        loops.start(
            TestLoop.WRITER,
            "0",
            self -> {
              come.await();
              self.beat();
              new CountDownLatch(1).await();
              return Next.end();
            });
    now.addAndGet(LIMIT.toNanos());
    assertThat(state()).isEqualTo(State.ALIVE);
    now.addAndGet(1);
    assertThat(state()).isEqualTo(State.SILENT);
    assertThat(meters.get(LoopMeter.ALIVE.id()).tag("loop", "test-writer").gauge().value())
        .isZero();
    assertThat(meters.get(LoopMeter.SILENT.id()).gauge().value()).isGreaterThanOrEqualTo(30);
    come.countDown();
    await().atMost(PATIENCE).until(() -> state() == State.ALIVE);
    assertThat(meters.get(LoopMeter.ALIVE.id()).gauge().value()).isEqualTo(1);
    assertThat(loop.stop(NONE)).isTrue();
    assertThat(loops.reports()).isEmpty();
  }

  /** Whatever ended it: even a fault of what supervises it is seen. */
  @Test
  void loopWhoseThreadHasEndedUnaskedIsDead() {
    Loops broken =
        new Loops(
            now::get,
            (signal, most) -> {
              throw new IllegalStateException("the pause itself fails");
            },
            () -> random,
            meters);
    SupervisedLoop loop =
        broken.start(
            TestLoop.WRITER,
            "0",
            self -> {
              throw new IOException("away");
            });
    await()
        .dontCatchUncaughtExceptions()
        .atMost(PATIENCE)
        .until(() -> loop.report().state() == State.DEAD);
    assertThat(meters.get(LoopMeter.ALIVE.id()).gauge().value()).isZero();
  }

  @Test
  void aRestIsNoSilenceAndALoopThatOnlyFailsIs() {
    AtomicInteger steps = new AtomicInteger();
    List<State> states = new ArrayList<>();
    run(
        loop -> {
          states.add(loop.report().state());
          return switch (steps.getAndIncrement()) {
            case 0 -> Next.after(LIMIT.multipliedBy(100));
            case 50 -> Next.end();
            default -> throw new IOException("away");
          };
        });
    assertThat(states.subList(0, 3)).containsExactly(State.ALIVE, State.ALIVE, State.FAILING);
    assertThat(states.getLast()).isEqualTo(State.SILENT);
  }

  @Test
  void interruptionOfALoopThatNobodyStopsIsAFailureLikeAnyOther() {
    AtomicInteger steps = new AtomicInteger();
    run(
        loop -> {
          if (steps.getAndIncrement() == 0) {
            Thread.currentThread().interrupt();
            return Next.after(NONE);
          }
          return Next.end();
        });
    assertThat(steps).hasValue(2);
    assertThat(counted(LoopMeter.FAILURES)).isEqualTo(1);
  }

  @Test
  void stopInterruptsAndSaysWhenEvenThatDidNotHelp() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    SupervisedLoop stubborn =
        loops.start(
            TestLoop.WRITER,
            "",
            self -> {
              begun.countDown();
              while (true) {
                try {
                  release.await();
                  return Next.again();
                } catch (InterruptedException e) {
                  assertThat(self.stopping()).isTrue();
                }
              }
            });
    begun.await();
    assertThat(stubborn.stop(NONE)).isFalse();
    assertThat(loops.reports()).hasSize(1);
    release.countDown();
    await().atMost(PATIENCE).until(() -> loops.reports().isEmpty());
    assertThat(stubborn.stop(NONE)).isTrue();
  }

  @Test
  void loopThatDrainsGoesOnUntilItSaysSoOrThePatienceIsOver() {
    AtomicInteger left = new AtomicInteger(1000);
    AtomicBoolean stopped = new AtomicBoolean();
    SupervisedLoop drains =
        loops.startDraining(
            TestLoop.WRITER,
            "",
            self -> {
              if (!self.stopping()) {
                return Next.again();
              }
              stopped.set(true);
              if (left.get() % 7 == 0 && left.getAndDecrement() > 0) {
                throw new AssertionError("once in a while");
              }
              return left.getAndDecrement() > 0 ? Next.again() : Next.end();
            });
    assertThat(drains.stop(PATIENCE)).isTrue();
    assertThat(left.get()).isNegative();
    SupervisedLoop fails =
        loops.startDraining(
            TestLoop.WRITER,
            "",
            self -> {
              throw new IOException("away for ever");
            });
    assertThat(fails.stop(NONE)).isTrue();
    assertThat(loops.reports()).isEmpty();
  }

  /** The sums of a random life, made a second time from the list of what happened. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void countsAndStateAreThoseOfWhatHappened(long seed) {
    Random life = new Random(seed);
    List<Boolean> failed = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    run(
        loop -> {
          int inARow = 0;
          for (int i = failed.size() - 1; i >= 0 && failed.get(i); i--) {
            inARow++;
          }
          if (loop.report().failures() != inARow) {
            wrong.add("step " + failed.size() + ": " + loop.report());
          }
          if (failed.size() == 2_000) {
            return Next.end();
          }
          failed.add(life.nextInt(3) > 0);
          if (failed.getLast()) {
            raise(life.nextBoolean() ? new LinkageError() : new Exception());
          }
          return life.nextBoolean() ? Next.again() : Next.after(Duration.ofMillis(life.nextInt(9)));
        });
    assertThat(wrong).isEmpty();
    assertThat(counted(LoopMeter.FAILURES))
        .isEqualTo(failed.stream().filter(Boolean::booleanValue).count());
  }

  private void run(LoopStep step) {
    CountDownLatch go = new CountDownLatch(1);
    loops.startDraining(
        TestLoop.WRITER,
        "",
        loop -> {
          go.await();
          return step.run(loop);
        });
    go.countDown();
    await().atMost(PATIENCE).until(() -> loops.reports().isEmpty());
  }

  private State state() {
    return loops.reports().getFirst().state();
  }

  private double counted(LoopMeter meter) {
    return meters.get(meter.id()).tag("loop", "test-writer").functionCounter().count();
  }

  private static void raise(Throwable thrown) throws Exception {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (Exception) thrown;
  }
}
