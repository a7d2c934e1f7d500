package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.tables.TableDiff;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** How far the comparison of two tables is, for a person at a terminal. */
final class DiffProgress implements AutoCloseable {

  private static final long EVERY_MS = 500;
  private static final int WIDTH = 72;

  private final CountDownLatch done = new CountDownLatch(1);

  private DiffProgress() {}

  static DiffProgress show(TableDiff diff, CommandSpec spec) {
    DiffProgress progress = new DiffProgress();
    // Java 21 cannot tell a terminal from a file, picocli can.
    if (CommandLine.Help.Ansi.AUTO.enabled()) {
      PrintWriter err = spec.commandLine().getErr();
      Thread.ofPlatform().name("progress").daemon(true).start(() -> progress.draw(diff, err));
    }
    return progress;
  }

  private void draw(TableDiff diff, PrintWriter err) {
    long begin = System.nanoTime();
    try {
      while (!done.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
        Duration since = Duration.ofNanos(System.nanoTime() - begin);
        err.print("\r" + ProgressBar.line(diff.share(), since) + "  " + diff.name());
        err.flush();
      }
      err.print("\r" + " ".repeat(WIDTH) + "\r");
      err.flush();
    } catch (InterruptedException e) {
      err.println();
    }
  }

  @Override
  public void close() {
    done.countDown();
  }
}
