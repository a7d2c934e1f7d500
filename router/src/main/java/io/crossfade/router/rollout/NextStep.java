package io.crossfade.router.rollout;

import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GateResult;
import java.time.Duration;
import java.time.Instant;

/** Whether a kind may take its next step, and else what it waits for. */
public sealed interface NextStep {

  /** There is none: it is complete. */
  record Done() implements NextStep {}

  /** That depends on which devices it would move, and they are being counted. */
  record Counting(KindFlags to) implements NextStep {}

  /**
   * It may be taken now.
   *
   * @param to the flags then
   */
  record Ready(KindFlags to) implements NextStep {}

  /**
   * Time alone does not help.
   *
   * @param by the worst gate that does not pass
   */
  record Blocked(KindFlags to, GateResult by) implements NextStep {}

  /**
   * Every gate has passed by then, if nothing goes wrong.
   *
   * @param until when the stage has lasted
   */
  record Waits(KindFlags to, Instant until) implements NextStep {}

  /**
   * Every gate has passed by then, if nothing goes wrong.
   *
   * @param by the gate that needs most of them
   * @param rows how many more have to be compared, about
   * @param time that takes at the rate since the flags changed
   */
  record NeedsRows(KindFlags to, Gate by, long rows, Duration time) implements NextStep {}
}
