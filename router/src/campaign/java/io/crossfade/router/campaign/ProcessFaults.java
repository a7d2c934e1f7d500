package io.crossfade.router.campaign;

import java.time.Duration;

/** What befalls a router or a worker. */
final class ProcessFaults {

  private static final Duration DOWN = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(90);
  private static final Duration STEP = Duration.ofSeconds(10);

  private ProcessFaults() {}

  static void killAndStart(JarProcess process) throws InterruptedException {
    process.kill();
    Fault.last(DOWN);
    process.start();
    process.awaitStart();
  }

  static void endAndStart(JarProcess process) {
    end(process);
    process.start();
    process.awaitStart();
  }

  static void hang(JarProcess process, Duration time) throws InterruptedException {
    process.hang();
    Fault.last(time);
    process.goOn();
  }

  /** First its clock is ahead, then it falls behind, then it is right again. */
  static void stepClock(JarProcess process) throws InterruptedException {
    end(process);
    process.startOnClock(STEP);
    process.awaitStart();
    Fault.last(Duration.ofSeconds(2));
    process.stepClock(STEP.negated());
    Fault.last(Duration.ofSeconds(3));
    endAndStart(process);
  }

  private static void end(JarProcess process) {
    if (!process.stop(END)) {
      throw new IllegalStateException(process.name() + " did not end within " + END);
    }
  }
}
