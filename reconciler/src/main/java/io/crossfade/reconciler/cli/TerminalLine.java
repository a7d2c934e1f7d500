package io.crossfade.reconciler.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** A line at a terminal that says how far something is; nothing where nobody looks. */
final class TerminalLine implements AutoCloseable {

  private static final int WIDTH = 72;
  private static final long EVERY_MS = 500;

  private final CountDownLatch done = new CountDownLatch(1);

  private TerminalLine() {}

  /**
   * Draws until it is closed.
   *
   * @param line asked for again and again; empty where nothing is new
   */
  static TerminalLine show(CommandSpec spec, Supplier<Optional<String>> line) {
    TerminalLine shown = new TerminalLine();
    // Java 21 cannot tell a terminal from a file, picocli can.
    if (CommandLine.Help.Ansi.AUTO.enabled()) {
      PrintWriter err = spec.commandLine().getErr();
      Thread.ofPlatform().name("progress").daemon(true).start(() -> shown.draw(line, err));
    }
    return shown;
  }

  @Override
  public void close() {
    done.countDown();
  }

  private void draw(Supplier<Optional<String>> line, PrintWriter err) {
    try {
      while (!done.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
        line.get()
            .ifPresent(
                now -> {
                  err.print("\r" + now);
                  err.flush();
                });
      }
      err.print("\r" + " ".repeat(WIDTH) + "\r");
      err.flush();
    } catch (InterruptedException | DataAccessException | TransactionException e) {
      err.println();
    }
  }
}
