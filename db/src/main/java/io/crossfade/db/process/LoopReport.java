package io.crossfade.db.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one thread of a loop stands.
 *
 * @param loop label of its {@link LoopName}
 * @param thread its name
 * @param silent since it last finished a step or was to begin one, whichever is later
 * @param limit how long that may be
 * @param failures steps in a row that failed; 0 when the last one did not
 * @param lastFailure of those, what the last one failed with
 */
public record LoopReport(
    String loop,
    String thread,
    State state,
    Duration silent,
    Duration limit,
    int failures,
    @Nullable String lastFailure) {

  /** From good to bad. */
  public enum State {
    /** Works or rests. */
    ALIVE,
    /** Its last step failed; it tries again. */
    FAILING,
    /** No step was finished for longer than the limit: it fails, or is stuck in a call. */
    SILENT,
    /** Its thread is gone without having ended. */
    DEAD;

    /** Whether the loop's work is still done, as far as one can know. */
    public boolean alive() {
      return this == ALIVE || this == FAILING;
    }
  }
}
