package io.crossfade.db.process;

import io.crossfade.db.logging.OutageLog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step again and again on a thread of its own, whatever the step throws: a failure is
 * counted, told, and followed by a pause that grows. Ends only when it is told to or says so
 * itself, and knows how long it has been silent. {@link FatalErrors} end the process.
 */
public final class SupervisedLoop {

  private static final Logger log = LoggerFactory.getLogger(SupervisedLoop.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** Pauses while a stop is under way, when time is short. */
  private static final Duration STOPPING_PAUSE = Duration.ofMillis(100);

  /** How long a thread that was interrupted may take to end. */
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

  private final LoopName name;
  private final LoopStep step;
  private final boolean drains;
  private final Loops loops;
  private final Thread thread;
  private final OutageLog outage;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch giveUp = new CountDownLatch(1);

  /** When the last step was finished, plus the rest after it. */
  private volatile long due;

  private volatile boolean ended;
  private volatile int failures;
  private volatile @Nullable String lastFailure;

  SupervisedLoop(LoopName name, String part, LoopStep step, boolean drains, Loops loops) {
    this.name = name;
    this.step = step;
    this.drains = drains;
    this.loops = loops;
    this.due = loops.now();
    String threadName = part.isEmpty() ? name.label() : name.label() + "-" + part;
    this.thread = Thread.ofPlatform().name(threadName).daemon(true).unstarted(this::loop);
    this.outage = new OutageLog(log, threadName + " fails", loops::now);
  }

  void begin() {
    thread.start();
  }

  LoopName name() {
    return name;
  }

  /** The name of its thread. */
  public String threadName() {
    return thread.getName();
  }

  /** Says, from within a step that takes long, that it gets on. */
  public void beat() {
    due = loops.now();
  }

  /** Whether a stop began. */
  public boolean stopping() {
    return stop.getCount() == 0;
  }

  /**
   * Rests within a step; a stop cuts it short.
   *
   * @return whether to go on; false once a stop began
   */
  public boolean rest(Duration rest) throws InterruptedException {
    due = loops.now() + rest.toNanos();
    if (stopping()) {
      Duration shorter = rest.compareTo(STOPPING_PAUSE) < 0 ? rest : STOPPING_PAUSE;
      loops.pause(giveUp, shorter);
    } else {
      loops.pause(stop, rest);
    }
    return !stopping();
  }

  /** Tells the loop to stop, and does not wait. */
  public void beginStop() {
    stop.countDown();
  }

  /**
   * Stops: waits for the step at work or, of a loop that drains, for its end; interrupts it when
   * the patience is over, and waits a second more.
   *
   * @return whether the thread has ended
   */
  public boolean stop(Duration patience) {
    beginStop();
    if (thread == Thread.currentThread()) {
      throw new IllegalStateException(thread.getName() + " cannot wait for its own end");
    }
    try {
      if (thread.join(patience)) {
        return true;
      }
      log.warn(
          "{} did not stop within {} ms and is interrupted; it is in {}",
          thread.getName(),
          patience.toMillis(),
          place());
      interrupt();
      if (thread.join(AFTER_INTERRUPT)) {
        return true;
      }
      log.error("{} does not stop; it is in {}", thread.getName(), place());
    } catch (InterruptedException e) {
      interrupt();
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  /** How it stands. */
  public LoopReport report() {
    Duration silent = Duration.ofNanos(Math.max(0, loops.now() - due));
    return new LoopReport(
        name.label(),
        thread.getName(),
        state(silent),
        silent,
        name.longestSilence(),
        failures,
        lastFailure);
  }

  private LoopReport.State state(Duration silent) {
    if (thread.getState() == Thread.State.TERMINATED && !ended) {
      return LoopReport.State.DEAD;
    }
    if (silent.compareTo(name.longestSilence()) > 0) {
      return LoopReport.State.SILENT;
    }
    return failures > 0 ? LoopReport.State.FAILING : LoopReport.State.ALIVE;
  }

  private void interrupt() {
    giveUp.countDown();
    thread.interrupt();
  }

  private String place() {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length == 0 ? "no call" : stack[0].toString();
  }

  private void loop() {
    while (!over()) {
      try {
        once();
      } catch (Throwable thrown) {
        afterFailure(thrown);
      }
    }
    ended = true;
    loops.ended(this);
  }

  private boolean over() {
    return ended || giveUp.getCount() == 0 || (stopping() && !drains);
  }

  private void once() throws Exception {
    LoopStep.Next next = step.run(this);
    due = loops.now();
    if (failures > 0) {
      outage.worked();
      failures = 0;
      lastFailure = null;
    }
    if (next.last()) {
      ended = true;
    } else if (next.rest().isPositive()) {
      rest(next.rest());
    }
  }

  private void afterFailure(Throwable thrown) {
    FatalErrors.endIfFatal(thrown);
    if (thrown instanceof InterruptedException && stopping()) {
      return;
    }
    int inARow = failures + 1;
    failures = inARow;
    loops.failed(name);
    Duration pause = pauseAfter(inARow);
    try {
      lastFailure = thrown.toString();
      outage.failed(lastFailure, thrown);
    } catch (Throwable again) {
      // Only the telling is lost.
      FatalErrors.endIfFatal(again);
    }
    pause(pause);
    if (!over()) {
      loops.restarted(name);
    }
  }

  /** Without touching {@code due}: a loop that fails does not count as one that gets on. */
  private void pause(Duration pause) {
    try {
      if (stopping()) {
        loops.pause(giveUp, STOPPING_PAUSE);
      } else {
        loops.pause(stop, pause);
      }
    } catch (InterruptedException e) {
      log.debug("{} was interrupted between two steps", thread.getName());
    }
  }

  /** Twice the last up to the longest, and of that a random part from the half on. */
  private Duration pauseAfter(int inARow) {
    long longest = name.longestPause().toNanos();
    long doubled = FIRST_PAUSE.toNanos() << Math.min(inARow - 1, 20);
    return Duration.ofNanos((long) (Math.min(doubled, longest) * (0.5 + loops.random() / 2)));
  }
}
