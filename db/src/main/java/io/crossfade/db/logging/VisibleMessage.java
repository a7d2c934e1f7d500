package io.crossfade.db.logging;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.crossfade.db.Visible;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A message on one line, whatever a client put into it: {@code %m} in every pattern. What Spring
 * Boot says of a start that failed has several lines, which are indented.
 */
public final class VisibleMessage extends MessageConverter {

  /** Whose messages are made of lines. */
  private static final List<String> WITH_LINES =
      List.of(
          "org.springframework.boot.diagnostics.",
          "org.springframework.boot.autoconfigure.logging.");

  @Override
  public String convert(ILoggingEvent event) {
    String message = String.valueOf(super.convert(event));
    return WITH_LINES.stream().anyMatch(String.valueOf(event.getLoggerName())::startsWith)
        ? message.lines().map(Visible::of).collect(Collectors.joining("\n  "))
        : Visible.of(message);
  }
}
