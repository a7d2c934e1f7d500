package io.crossfade.db.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageLogTest {

  private final Logger log = (Logger) LoggerFactory.getLogger(OutageLogTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private long now;
  private final OutageLog outage = new OutageLog(log, "Cannot write", () -> now);

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
  }

  @AfterEach
  void leave() {
    log.detachAppender(lines);
  }

  @Test
  void firstFailureThenALineAMinuteThenTheEnd() {
    for (int second = 0; second < 150; second++) {
      outage.failed("away");
      pass(Duration.ofSeconds(1));
    }
    outage.worked();
    outage.worked();
    assertThat(told())
        .containsExactly(
            "Cannot write: away; trying again",
            "Cannot write for 60 s, 61 failures, the last: away",
            "Cannot write for 120 s, 121 failures, the last: away",
            "Cannot write: over, after 150 s and 150 failures");
  }

  @Test
  void whatComesAndGoesIsALineAMinuteAndCountsAll() {
    for (int second = 0; second < 62; second++) {
      outage.failed("deadlock");
      outage.worked();
      pass(Duration.ofSeconds(1));
    }
    assertThat(told())
        .containsExactly(
            "Cannot write: deadlock; trying again",
            "Cannot write: over, after 0 s and 1 failures",
            "Cannot write for 59 s, 60 failures, the last: deadlock",
            "Cannot write: over, after 59 s and 60 failures");
  }

  @Test
  void anOutageAfterAQuietTimeIsANewOne() {
    outage.failed("deadlock");
    outage.worked();
    pass(Duration.ofSeconds(30));
    outage.failed("not told");
    outage.worked();
    pass(Duration.ofHours(2));
    outage.failed("away");
    assertThat(told()).last().isEqualTo("Cannot write: away; trying again");
  }

  /** Whatever comes and goes: every failure is in a line's count or within a minute of a line. */
  @Test
  void neverMoreThanALineAMinuteOfFailuresAndNoLongSilence() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      lines.list.clear();
      long last = Long.MIN_VALUE;
      int before = 0;
      OutageLog one = new OutageLog(log, "x", () -> now);
      for (int step = 0; step < 500; step++) {
        pass(Duration.ofSeconds(random.nextInt(random.nextInt(10) == 0 ? 200 : 5)));
        if (random.nextBoolean()) {
          one.worked();
          continue;
        }
        one.failed("y");
        int warnings = (int) told().stream().filter(line -> !line.contains("over")).count();
        if (warnings > before) {
          assertThat(last == Long.MIN_VALUE || now - last >= OutageLog.EVERY.toNanos())
              .as("seed %d", seed)
              .isTrue();
          last = now;
          before = warnings;
        }
        assertThat(now - last).as("seed %d", seed).isLessThan(OutageLog.EVERY.toNanos());
      }
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private List<String> told() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
