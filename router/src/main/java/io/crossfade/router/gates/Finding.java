package io.crossfade.router.gates;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One thing that a gate saw: a phrase that every language has, and its figures.
 *
 * @param values of the phrase, in its order
 */
public record Finding(Phrase phrase, List<Object> values) {

  /** What can be seen, in English; other languages keep the order of the values. */
  public enum Phrase {
    AGREE("%d of %d agree or are explained, between %.4f %% and %.4f %% (95 %%), limit %s %%"),
    NOT_AGREED("%d of them are explained, %d records lost"),
    NO_URGENT("no urgent record was compared"),
    NEVER_URGENT("no record of this kind is urgent"),
    PROVEN("%d of %d planted found, %d invented; %d of %d compared records are proven"),
    URGENT("%d urgent records missing without an explanation, of %d compared"),
    UNEXPLAINED("%d records differ without an explanation, of %d compared"),
    COMPARED_AGO("compared until %s ago"),
    STALE("stale"),
    NOT_COMPARED("nothing was compared since %s"),
    BACKLOG("oldest entry without a row is %s old, limit %s"),
    NO_REDIS("Redis cannot be asked"),
    LASTED("lasted %s, limit %s"),
    FELL_BACK("%d of %d records meant for the stream fell back, %.3f %%, limit below %s %%"),
    LATENCY(
        "accept-to-row p95 of the stream %.0f ms, of the legacy path %.0f ms, ratio %.2f, limit"
            + " %.2f"),
    RATE("rows per second of writing: stream %.0f, legacy %.0f, ratio %.2f, limit %.2f"),
    NOT_MEASURED("not measured on both paths"),
    HELD("%d records in the memory queues, limit %d"),
    NOBODY_SAID("no router said what its queue holds"),
    CHECK_NUMBER("%s, limit %s, measured %s ago"),
    CHECK_ASKED("limit %s, asked %s ago"),
    CHECK_NOT_YET("not measured yet, limit %s"),
    CHECK_BEFORE("not since the flags changed"),
    CHECK_MISSED("beyond the limit %d times since it was within, %d may be"),
    CHECK_SILENT("no number %d times in a row, %d may be"),
    CHECK_TIMEOUT("no answer within %d ms"),
    CHECK_UNREACHABLE("no answer: the connection failed"),
    CHECK_STATUS("answered with status %d"),
    CHECK_TOO_LARGE("answered with more than %d bytes"),
    CHECK_NO_NUMBER("answered without a number"),
    CHECK_NO_DATA("answered with no data"),
    CHECK_SERIES("answered with %d series, one is wanted");

    private final String english;

    Phrase(String english) {
      this.english = english;
    }
  }

  static Finding of(Phrase phrase, Object... values) {
    return new Finding(phrase, Arrays.asList(values));
  }

  /** A duration in the unit that fits, the same in every language. */
  public static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    return age.compareTo(Duration.ofMinutes(2)) < 0
        ? seconds + " s"
        : age.compareTo(Duration.ofHours(2)) < 0
            ? age.toMinutes() + " min"
            : age.compareTo(Duration.ofDays(2)) < 0 ? age.toHours() + " h" : age.toDays() + " d";
  }

  /** The finding in the words of a language. */
  public String in(String words) {
    return String.format(Locale.ROOT, words, values.toArray());
  }

  @Override
  public String toString() {
    return in(phrase.english);
  }
}
