package io.crossfade.router;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent that takes all memory of the process that it is in, once a file is there, and lets
 * nothing go: as a leak would, though nobody sees an error of its own.
 */
final class MemoryHog {

  private static final long LOOK_EVERY_NANOS = 10_000_000;
  private static final List<long[]> HOARD = new ArrayList<>();

  private MemoryHog() {}

  public static void premain(String file) {
    Path when = Path.of(file);
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
                  System.out.println("memory is gone");
                });
    hog.start();
  }
}
