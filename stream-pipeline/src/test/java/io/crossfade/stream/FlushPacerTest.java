package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class FlushPacerTest {

  private static final int THREADS = 8;
  private static final int EACH = 2_000;

  private final AtomicInteger flushes = new AtomicInteger();
  private final FlushPacer pacer = new FlushPacer();

  @Test
  void loneCommandNeverWaits() {
    pacer.flushBy(flushes::incrementAndGet);
    pacer.appended(1);
    assertThat(flushes).hasValue(1);
    pacer.answered();
    pacer.appended(3);
    assertThat(flushes).hasValue(2);
  }

  @Test
  void busyConnectionSendsManyInOneWrite() {
    pacer.flushBy(flushes::incrementAndGet);
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
    pacer.flushBy(flushes::incrementAndGet);
    pacer.answered();
    pacer.appended(1);
    assertThat(flushes).hasValue(1);
    pacer.appended(1);
    assertThat(flushes).as("nothing is out").hasValue(2);
  }

  @Test
  void flushThatFoundNoConnectionIsMadeUpFor() {
    AtomicInteger buffered = new AtomicInteger();
    pacer.flushBy(() -> {});
    buffered.incrementAndGet();
    pacer.appended(1);
    pacer.flushBy(() -> flushes.addAndGet(buffered.getAndSet(0)));
    buffered.incrementAndGet();
    pacer.appended(1);
    assertThat(flushes).as("one seems to be out").hasValue(0);
    pacer.overdue();
    assertThat(flushes).hasValue(2);
    pacer.answered();
    pacer.answered();
    buffered.incrementAndGet();
    pacer.appended(1);
    assertThat(flushes).as("nothing is out any more").hasValue(3);
  }

  /** A server of another thread answers whatever was flushed; every command gets its answer. */
  @RepeatedTest(20)
  void nobodyWaitsForEver() throws InterruptedException {
    AtomicInteger buffered = new AtomicInteger();
    CountDownLatch answers = new CountDownLatch(THREADS * EACH);
    try (ExecutorService server = Executors.newFixedThreadPool(2)) {
      pacer.flushBy(
          () -> {
            int sent = buffered.getAndSet(0);
            server.execute(
                () -> {
                  for (int i = 0; i < sent; i++) {
                    pacer.answered();
                    answers.countDown();
                  }
                });
          });
      List<Thread> clients = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        clients.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < EACH; i++) {
                        buffered.incrementAndGet();
                        pacer.appended(1);
                      }
                    }));
      }
      for (Thread client : clients) {
        client.join();
      }
      assertThat(answers.await(30, TimeUnit.SECONDS))
          .as("%d commands still wait", answers.getCount())
          .isTrue();
    }
  }
}
