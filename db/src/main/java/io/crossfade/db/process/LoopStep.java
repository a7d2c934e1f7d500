package io.crossfade.db.process;

import java.time.Duration;

/** One step of a loop, or all of it when it beats. */
@FunctionalInterface
public interface LoopStep {

  /**
   * Does it.
   *
   * @param loop whose step this is
   * @return when to come again; whatever is thrown is counted, and the step begun again after a
   *     pause
   */
  Next run(SupervisedLoop loop) throws Exception;

  /** What follows a step: another one after a rest, which a stop cuts short, or nothing. */
  record Next(Duration rest, boolean last) {

    private static final Next AGAIN = new Next(Duration.ZERO, false);
    private static final Next END = new Next(Duration.ZERO, true);

    /** Another step at once. */
    public static Next again() {
      return AGAIN;
    }

    /** Another step after a rest. */
    public static Next after(Duration rest) {
      return new Next(rest, false);
    }

    /** The loop has done what it was for. */
    public static Next end() {
      return END;
    }
  }
}
