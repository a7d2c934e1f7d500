package io.crossfade.router.intake;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Reads large bodies on platform threads, few at a time. A virtual thread keeps its carrier until
 * it waits for something, and there is one carrier a core: while each read a body of 2 MB, no other
 * device had an answer. Between platform threads the operating system shares the cores.
 */
final class LargeBodies {

  /** Bytes; most uploads are far smaller, and go on where they are. */
  private static final int LARGE = 64 * 1024;

  /** What is done with a body. */
  interface Reading {
    Upload read() throws BadUploadException;
  }

  private final Semaphore atOnce =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), /* fair= */ true);
  private final ThreadFactory threads =
      Thread.ofPlatform().daemon().name("large-upload-", 0).factory();

  /**
   * Reads a body, and waits until that is done.
   *
   * @throws BadUploadException as the reading does
   */
  Upload read(byte[] body, Reading reading) throws BadUploadException {
    if (body.length < LARGE || !Thread.currentThread().isVirtual()) {
      return reading.read();
    }
    FutureTask<Upload> task = new FutureTask<>(reading::read);
    atOnce.acquireUninterruptibly();
    try {
      threads.newThread(task).start();
      return result(task);
    } finally {
      atOnce.release();
    }
  }

  /** Also when interrupted: what is being read takes of a budget that its owner gives back. */
  private static Upload result(FutureTask<Upload> task) throws BadUploadException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          switch (Objects.requireNonNull(e.getCause())) {
            case BadUploadException bad -> throw bad;
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new IllegalStateException(e);
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
