package io.crossfade.router.console;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.router.gates.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as people read them, the same in every language; a dash for what is not known. */
public final class Format {

  private static final String UNKNOWN = "–";
  private static final double SMALL = 10;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** UTC, to the second. */
  public String time(@Nullable Instant instant) {
    return instant == null ? UNKNOWN : TIME.format(instant);
  }

  /** Within a year: month, day, hour and minute, UTC. */
  public String minute(Instant instant) {
    return MINUTE.format(instant);
  }

  /** When a record was accepted. */
  public String stamp(long stamp) {
    return time(AcceptanceStamp.instantOf(stamp));
  }

  /** With the unit that fits. */
  public String age(@Nullable Duration age) {
    if (age == null) {
      return UNKNOWN;
    }
    return Finding.age(age);
  }

  /** The same of milliseconds. */
  public String elapsed(@Nullable Long millis) {
    return age(millis == null ? null : Duration.ofMillis(millis));
  }

  /** Of a clock: {@code +3 ms}, {@code −2 m 5 s}. */
  public String offset(@Nullable Long millis) {
    if (millis == null) {
      return UNKNOWN;
    }
    Duration offset = Duration.ofMillis(millis).abs();
    return (millis < 0 ? "−" : "+")
        + (offset.toSeconds() < SMALL ? offset.toMillis() + " ms" : age(offset));
  }

  public String millis(@Nullable Double millis) {
    return millis == null
        ? UNKNOWN
        : String.format(Locale.ROOT, millis < SMALL ? "%.1f ms" : "%.0f ms", millis);
  }

  public String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < SMALL ? "%.1f/s" : "%,.0f/s", perSecond);
  }

  public String count(@Nullable Number count) {
    return count == null ? UNKNOWN : String.format(Locale.ROOT, "%,d", count.longValue());
  }

  /** Four decimals, never rounded up to all. */
  public String percent(@Nullable Double percent) {
    return percent == null
        ? UNKNOWN
        : String.format(Locale.ROOT, "%.4f %%", Math.floor(percent * 1e4 + 1e-6) / 1e4);
  }
}
