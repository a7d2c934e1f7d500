package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LargeBodiesTest {

  private static final int LARGE = 64 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** More bodies than there are carriers, none of which ends before somebody else had a turn. */
  @Test
  void othersHaveTheirTurnMeanwhile() throws Exception {
    LargeBodies large = new LargeBodies();
    AtomicBoolean turn = new AtomicBoolean();
    AtomicInteger read = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      readers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      large.read(
                          new byte[LARGE],
                          () -> {
                            begun.countDown();
                            while (!turn.get() && System.nanoTime() < end) {
                              Thread.onSpinWait();
                            }
                            throw new BadUploadException(Problem.EMPTY_BODY);
                          });
                    } catch (BadUploadException e) {
                      read.incrementAndGet();
                    }
                  }));
    }
    begun.await();
    Thread other = Thread.ofVirtual().start(() -> turn.set(true));
    assertThat(other.join(PATIENCE)).isTrue();
    assertThat(System.nanoTime() - end).as("before any gave up").isNegative();
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(read).hasValue(readers.size());
  }
}
