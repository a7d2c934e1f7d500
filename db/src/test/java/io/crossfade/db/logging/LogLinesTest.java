package io.crossfade.db.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.crossfade.db.Visible;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** The rules that every process logs by, with all words of a pattern. */
class LogLinesTest {

  private static final String HOSTILE = "SN\u001b[2J\r\nFORGED \u2028FORGED\u0000\u009b\u202e";

  @ParameterizedTest
  @ValueSource(strings = {"m", "msg", "message"})
  void messageIsOneLine(String word) throws Exception {
    assertThat(lines("%" + word + "%n%nopex", "io.crossfade", log -> log.warn("Of {}", HOSTILE)))
        .containsExactly("Of " + Visible.of(HOSTILE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ex",
        "exception",
        "throwable",
        "xEx",
        "xException",
        "xThrowable",
        "rEx",
        "rootException",
        "wex",
        "wEx"
      })
  void stackTraceHasOnlyItsOwnLines(String word) throws Exception {
    Exception thrown = new IllegalStateException(HOSTILE, new RuntimeException(HOSTILE));
    thrown.addSuppressed(new IllegalArgumentException(HOSTILE));
    assertThat(lines("%m%n%" + word, "io.crossfade", log -> log.error("failed", thrown)))
        .hasSizeGreaterThan(10)
        .anyMatch(line -> line.contains("Caused by") && line.endsWith(Visible.of(HOSTILE)))
        .allSatisfy(
            line -> {
              assertThat(line).doesNotStartWith("FORGED");
              assertThat(line.replace("\t", "").chars())
                  .noneMatch(character -> Visible.isControl((char) (int) character));
            });
  }

  @Test
  void whatSpringSaysOfAFailedStartHasItsLines() throws Exception {
    assertThat(
            lines(
                "%m%n",
                "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
                log -> log.error("\n***\nFAILED\u001b[2J\n***\n")))
        .containsExactly("", "  ***", "  FAILED\\u001b[2J", "  ***");
  }

  private interface Said {
    void to(Logger log);
  }

  private static List<String> lines(String pattern, String logger, Said said) throws Exception {
    LoggerContext context = new LoggerContext();
    JoranConfigurator rules = new JoranConfigurator();
    rules.setContext(context);
    rules.doConfigure(
        new ByteArrayInputStream(
            ("<configuration><include"
                    + " resource=\"org/springframework/boot/logging/logback/defaults.xml\"/><include"
                    + " resource=\"crossfade/logging/visible.xml\"/></configuration>")
                .getBytes(StandardCharsets.UTF_8)));
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    context.getLogger("ROOT").addAppender(events);
    said.to(context.getLogger(logger));
    assertThat(events.list).hasSize(1);
    String text = new String(encoder.encode(events.list.getFirst()), StandardCharsets.UTF_8);
    return List.of(text.strip().isEmpty() ? "" : text.replaceAll("\n+$", "")).stream()
        .flatMap(all -> List.of(all.split("\n", -1)).stream())
        .toList();
  }
}
