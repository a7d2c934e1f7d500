package io.crossfade.reconciler.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as people write it: {@code 30s}, {@code 500ms}, {@code 2m}, {@code 1h}; or seconds. */
final class SettleTime implements ITypeConverter<Duration> {

  private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h|d)?");

  @Override
  public Duration convert(String value) {
    Matcher time = TIME.matcher(value);
    if (!time.matches()) {
      throw new TypeConversionException(
          "'%s' is no time; write such as 30s, 500ms or 2m".formatted(value));
    }
    String unit = time.group(2) == null ? "s" : time.group(2);
    long ms =
        switch (unit) {
          case "ms" -> 1;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> 1_000;
        };
    return Duration.ofNanos(
        new BigDecimal(time.group(1)).multiply(BigDecimal.valueOf(ms * 1_000_000L)).longValue());
  }
}
