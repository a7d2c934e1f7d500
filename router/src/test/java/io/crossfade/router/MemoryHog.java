package io.crossfade.router;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent that takes all memory of the process that it is in, once a file is there, and lets
 * nothing go: as a leak would. Its own error is swallowed, or else ends its thread as anybody's
 * would.
 */
final class MemoryHog {

  /** Behind the file's name: its own error is thrown at the end. */
  static final String THROWS = "!";

  private static final long LOOK_EVERY_NANOS = 10_000_000;
  private static final List<long[]> HOARD = new ArrayList<>();

  private MemoryHog() {}

  public static void premain(String argument) {
    boolean throwing = argument.endsWith(THROWS);
    Path when =
        Path.of(throwing ? argument.substring(0, argument.length() - THROWS.length()) : argument);
    Thread hog =
        Thread.ofPlatform()
            .name("memory-hog")
            .daemon(true)
            .unstarted(
                () -> {
                  while (!Files.exists(when)) {
                    LockSupport.parkNanos(LOOK_EVERY_NANOS);
                  }
                  for (int size = 1 << 20; size > 0; ) {
                    try {
                      HOARD.add(new long[size]);
                    } catch (OutOfMemoryError e) {
                      size /= 2;
                    }
                  }
                  if (throwing) {
                    throw new OutOfMemoryError("now nothing is left");
                  }
                  System.out.println("memory is gone");
                });
    hog.start();
  }
}
