package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class FlushPacerTest {

  private static final int THREADS = 8;
  private static final int EACH = 2_000;

  private final AtomicInteger flushes = new AtomicInteger();
  private final FlushPacer pacer = new FlushPacer(flushes::incrementAndGet);

  @Test
  void loneCommandNeverWaits() {
    pacer.appended(1);
    assertThat(flushes).hasValue(1);
    pacer.answered();
    pacer.appended(3);
    assertThat(flushes).hasValue(2);
  }

  @Test
  void busyConnectionSendsManyInOneWrite() {
    pacer.appended(4);
    pacer.appended(1);
    pacer.appended(1);
    assertThat(flushes).as("four are out").hasValue(1);
    pacer.answered();
    assertThat(flushes).as("two wait, three are out").hasValue(1);
    pacer.answered();
    assertThat(flushes).as("as many wait as are out").hasValue(2);
  }

  @Test
  void answerThatComesBeforeItsCommandIsCountedStallsNothing() {
    pacer.answered();
    pacer.appended(1);
    assertThat(flushes).hasValue(1);
    pacer.appended(1);
    assertThat(flushes).as("nothing is out").hasValue(2);
  }

  @Test
  void whatNobodyWaitsForGathers() {
    pacer.gathered(1);
    pacer.gathered(FlushPacer.MANY - 2);
    assertThat(flushes).as("nothing is out, and all wait").hasValue(0);
    pacer.gathered(1);
    assertThat(flushes).as("many").hasValue(1);
    pacer.gathered(1);
    for (int answer = 0; answer < FlushPacer.MANY; answer++) {
      pacer.answered();
    }
    assertThat(flushes).as("an answer does not send it").hasValue(1);
    pacer.sendGathered();
    assertThat(flushes).as("time does").hasValue(2);
    pacer.sendGathered();
    assertThat(flushes).as("nothing is buffered").hasValue(2);
  }

  @Test
  void timeSendsNothingThatSomebodyWaitsFor() {
    pacer.appended(4);
    pacer.appended(1);
    pacer.sendGathered();
    assertThat(flushes).as("four are out, and their answers send it").hasValue(1);
    pacer.gathered(1);
    pacer.sendGathered();
    assertThat(flushes).as("along with what nobody waits for").hasValue(2);
  }

  @Test
  void whatNobodyWaitsForGoesWithWhatSomebodyWaitsFor() {
    pacer.gathered(3);
    pacer.appended(1);
    assertThat(flushes).as("at once").hasValue(1);
    pacer.gathered(2);
    pacer.appended(1);
    pacer.answered();
    assertThat(flushes).as("three wait, three are out").hasValue(2);
  }

  /** Servers of other threads answer whatever was flushed; every command gets its answer. */
  @RepeatedTest(20)
  void nobodyWaitsForEver() throws InterruptedException {
    AtomicInteger buffered = new AtomicInteger();
    BlockingQueue<Integer> flushed = new LinkedBlockingQueue<>();
    FlushPacer busy = new FlushPacer(() -> flushed.add(buffered.getAndSet(0)));
    CountDownLatch answers = new CountDownLatch(THREADS * EACH);
    Runnable server =
        () -> {
          try {
            while (true) {
              for (int left = flushed.take(); left > 0; left--) {
                busy.answered();
                answers.countDown();
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Runnable client =
        () -> {
          for (int i = 0; i < EACH; i++) {
            buffered.incrementAndGet();
            // The last one takes along what nobody waits for.
            if (i % 3 == 0 && i < EACH - 1) {
              busy.gathered(1);
            } else {
              busy.appended(1);
            }
          }
        };
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      threads.execute(server);
      threads.execute(server);
      for (int thread = 0; thread < THREADS; thread++) {
        threads.execute(client);
      }
      assertThat(answers.await(30, TimeUnit.SECONDS))
          .as("%d commands still wait", answers.getCount())
          .isTrue();
    } finally {
      threads.shutdownNow();
    }
  }
}
