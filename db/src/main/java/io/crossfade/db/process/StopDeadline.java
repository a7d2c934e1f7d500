package io.crossfade.db.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * One deadline for all of a stop, whatever hangs in it: a server that does not answer, a client
 * that waits without a limit. When it is over, what was left is told and the process halts. For a
 * {@code main} alone, which calls {@link #watch()} first and adds this to its application.
 */
public final class StopDeadline
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  /** Exit code of a process whose stop took too long. */
  public static final int EXIT_CODE = 5;

  /** Time from the signal to the end. */
  static final String SETTING = "crossfade.stop.timeout";

  private static final Logger log = LoggerFactory.getLogger(StopDeadline.class);
  private static final Duration DEFAULT = Duration.ofSeconds(60);

  /** Telling what was left may hang, too. */
  private static final Duration TELLING = Duration.ofSeconds(2);

  private final Consumer<String> telling;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Duration timeout = DEFAULT;
  private volatile Loops loops = new Loops();
  private volatile List<Remainder> remainders = List.of();

  private StopDeadline(Consumer<String> telling) {
    this.telling = telling;
  }

  /** Watches for the end of this process. Its threads exist before they are needed. */
  public static StopDeadline watch() {
    return watch(log::error);
  }

  /**
   * The same, for a process without a log.
   *
   * @param telling is told what was left, line by line
   */
  public static StopDeadline watch(Consumer<String> telling) {
    StopDeadline deadline = new StopDeadline(telling);
    deadline.thread("stop-report", Duration.ZERO, deadline::tell);
    deadline.thread("stop-deadline", TELLING, () -> Runtime.getRuntime().halt(EXIT_CODE));
    Runtime.getRuntime().addShutdownHook(new Thread(deadline.stopping::countDown, "stop-begins"));
    return deadline;
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    timeout = Binder.get(context.getEnvironment()).bind(SETTING, Duration.class).orElse(DEFAULT);
    context.addApplicationListener(
        event -> {
          if (event instanceof ContextRefreshedEvent refreshed
              && refreshed.getApplicationContext() == context) {
            // Now, for while it closes the context answers no questions.
            loops = context.getBean(Loops.class);
            remainders = List.copyOf(context.getBeansOfType(Remainder.class).values());
          }
        });
  }

  private void thread(String name, Duration later, Runnable then) {
    Thread.ofPlatform()
        .name(name)
        .daemon(true)
        .start(
            () -> {
              try {
                stopping.await();
                TimeUnit.NANOSECONDS.sleep(timeout.plus(later).toNanos());
              } catch (InterruptedException e) {
                // Nobody does; the end comes at once then.
              }
              then.run();
            });
  }

  private void tell() {
    try {
      telling.accept(
          "The stop took longer than %s s (%s): halting"
              .formatted(timeout.toMillis() / 1e3, SETTING)
              .replace(".0 s", " s"));
      remainders.forEach(some -> some.left().forEach(line -> telling.accept("Left: " + line)));
      loops
          .reports()
          .forEach(
              loop ->
                  telling.accept("Still running: %s (%s)".formatted(loop.thread(), loop.state())));
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }
}
