package io.crossfade.db;

import java.time.Duration;

/**
 * What a pool is for, and so how long its users wait for a server that answers nothing. What takes
 * longer on purpose says so: {@link LongQuestions}.
 */
enum PoolUse {
  /** Reads the flags five times a second: a rollback from elsewhere waits for it. */
  FLAGS(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMinutes(1)),
  /** Short questions and notes in the control schema; leases and operators wait for them. */
  CONTROL(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofMinutes(1)),
  /** Batches of rows, which are written again when it is not known what became of them. */
  OUTPUT(Duration.ofSeconds(10), Duration.ofSeconds(8), Duration.ofMinutes(1)),
  /** Schemas beside the real ones, which nobody waits for. */
  TRIAL(LongQuestions.ANSWER_WITHIN, Duration.ofSeconds(10), Duration.ofHours(8));

  private final Duration answerWithin;
  private final Duration lockWithin;
  private final Duration idleWithin;

  /**
   * @param lockWithin how long the server lets a statement wait for rows or a table that another
   *     holds: less than the answer's, or a lock would look like a server that is away, and the
   *     statement would go on to wait for nobody
   * @param idleWithin how long the server keeps a connection that says nothing: a transaction whose
   *     link died without a word holds its locks for so long
   */
  PoolUse(Duration answerWithin, Duration lockWithin, Duration idleWithin) {
    this.answerWithin = answerWithin;
    this.lockWithin = lockWithin;
    this.idleWithin = idleWithin;
  }

  /** The longest silence of the server in the middle of a statement. */
  long answerMillis() {
    return answerWithin.toMillis();
  }

  /** The longest wait for a lock, in whole seconds as servers count. */
  long lockSeconds() {
    return lockWithin.toSeconds();
  }

  /** How long the server waits for the next statement, in whole seconds. */
  long idleSeconds() {
    return idleWithin.toSeconds();
  }

  /** Whether it is the control schema's, whose statements hardly come again as they are. */
  boolean isControl() {
    return this == CONTROL || this == FLAGS;
  }
}
