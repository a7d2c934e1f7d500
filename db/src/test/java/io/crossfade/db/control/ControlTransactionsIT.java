package io.crossfade.db.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.TestOutputs;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class ControlTransactionsIT {

  private static final String ADD = "UPDATE repair SET left_alone = left_alone + 1 WHERE id = ?";

  private final TestOutputs outputs = new TestOutputs();
  private final ControlTransactions transactions = new ControlTransactions(outputs.control());
  private final JdbcClient jdbc = JdbcClient.create(outputs.control());
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  /** Two rows that are counted up, in a table that no process of this test uses. */
  @BeforeEach
  void makeRows() throws SQLException {
    transactions.on(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(
                "INSERT INTO repair (id, comparison_id, actor, reason, started_at)"
                    + " VALUES (1, 1, 'a', 'b', CURRENT_TIMESTAMP(3)),"
                    + " (2, 1, 'a', 'b', CURRENT_TIMESTAMP(3))");
          }
        });
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    outputs.close();
  }

  @Test
  void whatLostADeadlockIsDoneOnce() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    meet(
        begun,
        (first, second, met) ->
            transactions.in(
                () -> {
                  begun.incrementAndGet();
                  int changed = jdbc.sql(ADD).param(first).update();
                  met.run();
                  return changed + jdbc.sql(ADD).param(second).update();
                }));
  }

  @Test
  void soItIsOnAConnection() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    meet(
        begun,
        (first, second, met) ->
            transactions.on(
                connection -> {
                  begun.incrementAndGet();
                  try (PreparedStatement add = connection.prepareStatement(ADD)) {
                    add.setInt(1, first);
                    int changed = add.executeUpdate();
                    met.run();
                    add.setInt(1, second);
                    return changed + add.executeUpdate();
                  }
                }));
  }

  private interface Crossing {
    int cross(int first, int second, Runnable met) throws SQLException;
  }

  /** Two transactions that each hold what the other one wants. */
  private void meet(AtomicInteger begun, Crossing crossing) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    Callable<Integer> forth = () -> crossing.cross(1, 2, once(barrier));
    Callable<Integer> back = () -> crossing.cross(2, 1, once(barrier));
    List<Future<Integer>> both = List.of(threads.submit(forth), threads.submit(back));
    for (Future<Integer> one : both) {
      assertThat(one.get(2, TimeUnit.MINUTES)).isEqualTo(2);
    }
    assertThat(counts()).as("each of both was done, and once").containsExactly(2, 2);
    assertThat(begun.get()).as("one of them again").isGreaterThanOrEqualTo(3);
  }

  /** Waits for the other one the first time only: whoever is made again is alone. */
  private static Runnable once(CyclicBarrier barrier) {
    AtomicInteger times = new AtomicInteger();
    return () -> {
      if (times.getAndIncrement() == 0) {
        try {
          barrier.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  @Test
  void whatFailsLeavesNothing() {
    assertThatThrownBy(
            () ->
                transactions.run(
                    () -> {
                      jdbc.sql(ADD).param(1).update();
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    assertThatThrownBy(
            () ->
                transactions.on(
                    connection -> {
                      try (PreparedStatement add = connection.prepareStatement(ADD)) {
                        add.setInt(1, 1);
                        add.executeUpdate();
                      }
                      throw new SQLException("as it was thrown");
                    }))
        .isExactlyInstanceOf(SQLException.class)
        .hasMessage("as it was thrown");
    assertThat(counts()).containsExactly(0, 0);
  }

  @Test
  void innerOneIsAPartOfTheOuterOne() {
    assertThatThrownBy(
            () ->
                transactions.run(
                    () -> {
                      new ControlTransactions(outputs.control())
                          .run(() -> jdbc.sql(ADD).param(1).update());
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    assertThat(counts()).containsExactly(0, 0);
  }

  private List<Integer> counts() {
    return transactions.in(
        () -> jdbc.sql("SELECT left_alone FROM repair ORDER BY id").query(Integer.class).list());
  }
}
