package io.crossfade.db.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.InstanceName;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.AcceptanceNodes.Lease;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptanceNodesIT {

  private static final Duration WEEK = Duration.ofDays(7);

  private final TestOutputs outputs = new TestOutputs();
  private final AcceptanceNodes nodes = new AcceptanceNodes(outputs.control());

  @AfterEach
  void close() {
    outputs.close();
  }

  /**
   * Routers start, are killed, cut off and started again, with their disks or without, while time
   * goes by: nobody has the number of another who may still use it. What each may use is kept here
   * once more, in plain lists.
   */
  @Test
  void whoeverMayUseANumberHasItAlone() throws SQLException {
    long seed = Long.getLong("crossfade.test.seed", 24);
    Random random = new Random(seed);
    List<Lease> holders = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      int some = holders.isEmpty() ? -1 : random.nextInt(holders.size());
      int what = random.nextInt(10);
      if (what < 3 || some < 0) {
        holders.add(nodes.take(new InstanceName("new"), null));
      } else if (what == 3) {
        holders.set(some, nodes.take(new InstanceName("again"), holders.get(some)));
      } else if (what < 7) {
        Optional<Lease> renewed = nodes.renew(holders.get(some).id());
        holders.remove(some);
        renewed.ifPresent(holders::add);
      } else if (what == 7) {
        // Others, of a release that renews nothing, bring the numbers round.
        TestOutputs.update(
            outputs.control(),
            "INSERT INTO acceptance_node (id, instance, started_at) SELECT MAX(id) + %d, 'old',"
                    .formatted(1 + random.nextInt(1_100))
                + " CURRENT_TIMESTAMP(3) - INTERVAL 1 HOUR FROM acceptance_node");
      } else if (what == 8) {
        holders.remove(some);
      } else {
        Duration by = Duration.ofSeconds(1 + random.nextInt(40_000));
        holders = new ArrayList<>(holders.stream().map(lease -> earlier(lease, by)).toList());
        letPass(by);
      }
      Map<Integer, Lease> alone = new HashMap<>();
      Instant now = Instant.now();
      for (Lease lease : holders) {
        if (lease.until().isAfter(now)) {
          assertThat(alone.put(lease.node(), lease))
              .as("seed %d, step %d: %s", seed, step, lease)
              .isNull();
        }
      }
    }
  }

  @Test
  void aNumberIsKeptForAsLongAsItWasRenewedAndForAWeekAtMost() throws SQLException {
    Lease first = nodes.take(new InstanceName("first"), null);
    assertThat(Duration.between(first.renewedAt(), first.until()))
        .as("who crashes at once blocks it for minutes")
        .isEqualTo(Duration.ofMinutes(10));
    letPass(Duration.ofDays(3));
    Lease renewed = nodes.renew(first.id()).orElseThrow();
    assertThat(Duration.between(renewed.renewedAt(), renewed.until()).toHours()).isEqualTo(72);
    letPass(Duration.ofDays(30));
    Lease old = nodes.renew(first.id()).orElseThrow();
    assertThat(Duration.between(old.renewedAt(), old.until())).isEqualTo(WEEK);

    Lease again = nodes.take(new InstanceName("again"), old);
    assertThat(again.node()).as("a clock that was put back").isNotEqualTo(old.node());
    assertThat(Duration.between(again.renewedAt(), again.until()))
        .as("what was earned is not lost by a start")
        .isEqualTo(WEEK);
  }

  @Test
  void whoeverWasSilentForTooLongFindsOut() throws SQLException {
    Lease cutOff = nodes.take(new InstanceName("cut-off"), null);
    letPass(Duration.ofMinutes(11));
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO acceptance_node (id, instance) VALUES (%d, 'other')"
            .formatted(cutOff.id() + 1023));
    Lease other = nodes.take(new InstanceName("other"), null);
    assertThat(other.node()).isEqualTo(cutOff.node());
    assertThat(nodes.renew(cutOff.id())).isEmpty();
    assertThat(nodes.renew(other.id())).isPresent();
  }

  @Test
  void withoutAFreeNumberThereIsNone() throws SQLException {
    Lease own = nodes.take(new InstanceName("own"), null);
    for (int i = 1; i < 1_024; i++) {
      nodes.take(new InstanceName("other"), null);
    }
    assertThatThrownBy(() -> nodes.take(new InstanceName("one-more"), null))
        .isInstanceOf(SQLException.class)
        .hasMessage("All 1024 node numbers are leased");
    assertThat(nodes.renew(own.id())).isPresent();
    letPass(Duration.ofMinutes(11));
    assertThat(nodes.take(new InstanceName("one-more"), null).node()).isEqualTo(own.node());
  }

  @Test
  void manyThatStartAtOnceHaveNumbersOfTheirOwn() throws Exception {
    Set<Integer> taken = new HashSet<>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Lease>> starts = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        starts.add(() -> nodes.take(new InstanceName("one-of-many"), null));
      }
      for (Future<Lease> lease : threads.invokeAll(starts)) {
        taken.add(lease.get().node());
      }
    }
    assertThat(taken).hasSize(64);
  }

  private static Lease earlier(Lease lease, Duration by) {
    return new Lease(lease.id(), lease.startedAt().minus(by), lease.renewedAt().minus(by));
  }

  /** Nobody can wait for a week: what happened is put back by so much. */
  private void letPass(Duration time) {
    TestOutputs.update(
        outputs.control(),
        "UPDATE acceptance_node SET started_at = started_at - INTERVAL %1$d SECOND,"
                .formatted(time.toSeconds())
            + " renewed_at = renewed_at - INTERVAL %1$d SECOND".formatted(time.toSeconds()));
  }
}
