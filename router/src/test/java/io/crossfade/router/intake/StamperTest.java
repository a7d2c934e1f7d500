package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.AcceptanceStamp;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StamperTest {

  private final AtomicLong millis = new AtomicLong(1_757_808_900_000L);
  private final Stamper stamper = stamper(1023);

  private Stamper stamper(int node) {
    Stamper stamper = new Stamper(() -> Instant.ofEpochMilli(millis.get()));
    stamper.node(node);
    return stamper;
  }

  @Test
  void stampsNothingWithoutANumber() {
    Stamper without = new Stamper(() -> Instant.ofEpochMilli(millis.get()));
    assertThatThrownBy(without::next).isInstanceOf(NoNodeException.class);
    assertThatThrownBy(() -> without.node(1024)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void carriesTheMillisecond() {
    assertThat(AcceptanceStamp.instantOf(stamper.next()))
        .isEqualTo(Instant.ofEpochMilli(millis.get()));
  }

  @Test
  void growsWhenTheClockStepsBackAndWhenAMillisecondIsFull() {
    long before = stamper.next();
    millis.addAndGet(-60_000);
    for (int i = 0; i < 5_000; i++) {
      long after = stamper.next();
      assertThat(after).isGreaterThan(before);
      before = after;
    }
  }

  @Test
  void neverRepeatsAmongThreadsAndNodes() {
    Stamper other = stamper(0);
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        Stamper mine = i % 2 == 0 ? stamper : other;
        threads.submit(
            () -> {
              for (int n = 0; n < 20_000; n++) {
                seen.add(mine.next());
              }
            });
      }
    }
    assertThat(seen).hasSize(80_000);
  }
}
