package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.diff.Throttle;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A worker that is at work on a run for as long as a test wants. */
public final class HeldRun implements AutoCloseable {

  private static final long PATIENCE_S = 120;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final CompletableFuture<ComparisonResult> result = new CompletableFuture<>();

  /** Begins, and waits before it reads a page. */
  public HeldRun(TestOutputs outputs, ComparisonRequest request, boolean renewing)
      throws InterruptedException {
    this(throttle -> TestReconciler.drained(outputs, throttle).run(request), renewing);
  }

  /** A comparison that waits by a throttle. */
  public interface Work {
    ComparisonResult with(Throttle throttle) throws SQLException, InterruptedException;
  }

  /**
   * The same with a comparison of the test's own.
   *
   * @param renewing whether it says meanwhile that it is at work
   */
  public HeldRun(Work work, boolean renewing) throws InterruptedException {
    Throttle throttle =
        new Throttle() {
          @Override
          public void await(DataSource output) throws InterruptedException {
            await(output, () -> {});
          }

          @Override
          public void await(DataSource output, Runnable waiting) throws InterruptedException {
            reached.countDown();
            while (!goOn.await(100, TimeUnit.MILLISECONDS)) {
              if (renewing) {
                waiting.run();
              }
            }
          }
        };
    Thread.ofPlatform()
        .daemon(true)
        .start(
            () -> {
              try {
                result.complete(work.with(throttle));
              } catch (SQLException | InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    assertThat(reached.await(PATIENCE_S, TimeUnit.SECONDS)).as("it reads").isTrue();
  }

  /** Lets it go on to its end. */
  public ComparisonResult finish() throws Exception {
    goOn.countDown();
    return result.get(PATIENCE_S, TimeUnit.SECONDS);
  }

  /** Lets it go on; says why it failed. */
  public Throwable fail() throws Exception {
    goOn.countDown();
    try {
      throw new AssertionError("It found " + result.get(PATIENCE_S, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    }
  }

  @Override
  public void close() {
    goOn.countDown();
    result.handle((found, failure) -> true).join();
  }
}
