package io.crossfade.db.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at once when going on is not honest: after an {@link OutOfMemoryError} any
 * thread may have missed a part of its work. Nothing here needs memory. The JVM's own {@code
 * -XX:+ExitOnOutOfMemoryError} does the same, with the same exit code, before the error is thrown;
 * this is for a JVM that was started without, and for what the JVM does not count: direct buffers,
 * threads.
 */
public final class FatalErrors {

  /** Exit code of a process that ran out of memory; {@code -XX:+ExitOnOutOfMemoryError} has it. */
  public static final int EXIT_CODE = 3;

  private static final int DEEPEST_CAUSE = 16;
  private static final byte[] LAST_WORDS =
      "Out of memory, or the JVM is broken: this process ends at once, with exit code 3\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

  private FatalErrors() {}

  /** From now on every thread that dies of such an error ends the process. */
  public static void endProcessOfAnyThread() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          endIfFatal(thrown);
          if (before != null) {
            before.uncaughtException(thread, thrown);
          } else {
            org.slf4j.LoggerFactory.getLogger(FatalErrors.class)
                .error("Thread {} died", thread.getName(), thrown);
          }
        });
  }

  /** Ends the process, without a word more, when this or a cause of it is fatal; else returns. */
  public static void endIfFatal(@Nullable Throwable thrown) {
    if (isFatal(thrown)) {
      try {
        ERR.write(LAST_WORDS);
      } catch (IOException e) {
        // Nobody reads; the exit code says it.
      } finally {
        Runtime.getRuntime().halt(EXIT_CODE);
      }
    }
  }

  /**
   * Whether this or a cause of it says that the JVM cannot go on. A {@link StackOverflowError} ends
   * only what overflowed, and an {@link InternalError} may be an I/O error of a mapped file.
   */
  static boolean isFatal(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (cause instanceof OutOfMemoryError || cause instanceof UnknownError) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
