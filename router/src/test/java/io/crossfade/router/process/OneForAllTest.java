package io.crossfade.router.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OneForAllTest {

  private static final int CALLERS = 50;

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 500_000_000);
  private final OneForAll<Integer> answer =
      new OneForAll<>(asked::incrementAndGet, Duration.ofSeconds(1), nanos::get);

  @Test
  void manyAtOnceAskOnce() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    OneForAll<Integer> slow =
        new OneForAll<>(
            () -> {
              begun.countDown();
              await(answered);
              return asked.incrementAndGet();
            },
            Duration.ofSeconds(1),
            nanos::get);
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        answers.add(callers.submit(slow::get));
      }
      begun.await();
      answered.countDown();
      for (Future<Integer> one : answers) {
        assertThat(one.get()).isEqualTo(1);
      }
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void anAnswerIsGivenForItsTimeAndNoLonger() {
    assertThat(answer.get()).isEqualTo(1);
    nanos.addAndGet(999_999_999);
    assertThat(answer.get()).as("and the clock of a JVM may turn over").isEqualTo(1);
    nanos.addAndGet(1);
    assertThat(answer.get()).isEqualTo(2);
  }

  @Test
  void whatFailedIsAskedAgain() {
    OneForAll<Integer> failing =
        new OneForAll<>(
            () -> {
              if (asked.incrementAndGet() % 2 == 1) {
                throw new IllegalStateException("away");
              }
              return asked.get();
            },
            Duration.ofSeconds(1),
            nanos::get);
    assertThatThrownBy(failing::get).hasMessage("away");
    assertThat(failing.get()).isEqualTo(2);
    nanos.addAndGet(2_000_000_000);
    assertThatThrownBy(failing::get).as("an old answer is none").hasMessage("away");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
