package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.Comparisons;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** How far a run is, for a person at a terminal; nothing where nobody looks. */
final class ProgressBar implements AutoCloseable {

  private static final int WIDTH = 30;
  private static final long EVERY_MS = 500;

  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable Long run;

  ProgressBar() {}

  /** Draws this run from now on. */
  void of(long id) {
    run = id;
  }

  static ProgressBar show(Comparisons comparisons, CommandSpec spec) {
    ProgressBar bar = new ProgressBar();
    // Java 21 cannot tell a terminal from a file, picocli can.
    if (CommandLine.Help.Ansi.AUTO.enabled()) {
      PrintWriter err = spec.commandLine().getErr();
      Thread.ofPlatform().name("progress").daemon(true).start(() -> bar.draw(comparisons, err));
    }
    return bar;
  }

  /** One state of the bar, with the time it still takes when the rest is like what was read. */
  static String line(double share, Duration since) {
    int full = (int) (share * WIDTH);
    String eta =
        share <= 0
            ? "?"
            : "%d s".formatted(Math.round(since.toMillis() / 1e3 * (1 - share) / share));
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%, %s left",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        share * 100,
        eta);
  }

  @Override
  public void close() {
    done.countDown();
  }

  /** What to draw now; empty before the run has begun and when it has ended. */
  Optional<String> state(Comparisons comparisons) {
    Long id = run;
    return Optional.ofNullable(id)
        .flatMap(comparisons::find)
        .filter(now -> !now.finished())
        .map(
            now ->
                line(
                    now.share(),
                    Duration.between(now.startedAt(), InstantSource.system().instant())));
  }

  private void draw(Comparisons comparisons, PrintWriter err) {
    try {
      while (!done.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
        state(comparisons)
            .ifPresent(
                line -> {
                  err.print("\r" + line);
                  err.flush();
                });
      }
      err.print("\r" + " ".repeat(WIDTH * 2) + "\r");
      err.flush();
    } catch (InterruptedException | DataAccessException | TransactionException e) {
      err.println();
    }
  }
}
