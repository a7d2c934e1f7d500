package io.crossfade.router.overview;

import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.Finding;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.rollout.NextStep;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One sentence about the next step of a kind, in the words of a language.
 *
 * @param state what it says: done, counting, ready, blocked, waits, needs-rows, or unknown
 * @param gate by which it is blocked, or which needs most rows; {@code null} for none
 * @param text of it
 * @param findings of that gate, where it blocks
 */
public record NextSentence(
    String state, @Nullable String gate, String text, @Nullable String findings) {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Rows are said to two figures. */
  private static final double FIGURES = 10;

  /**
   * Says it.
   *
   * @param next {@code null} when the control schema cannot be asked
   * @param words the text of a key, a format of {@link java.util.Formatter}
   */
  public static NextSentence of(@Nullable NextStep next, UnaryOperator<String> words) {
    return switch (next) {
      case null -> said("unknown", null, null, words);
      case NextStep.Done done -> said("done", null, null, words);
      case NextStep.Counting counting ->
          said("counting", null, null, words, step(counting.to(), words));
      case NextStep.Ready ready -> said("ready", null, null, words, step(ready.to(), words));
      case NextStep.Blocked blocked ->
          said(
              "blocked",
              blocked.by().gate(),
              findings(blocked.by(), words),
              words,
              step(blocked.to(), words),
              gate(blocked.by(), words));
      case NextStep.Waits waits ->
          said("waits", null, null, words, step(waits.to(), words), minute(waits.until()));
      case NextStep.NeedsRows needs ->
          said(
              "needs-rows",
              needs.by(),
              null,
              words,
              step(needs.to(), words),
              about(needs.rows()),
              Finding.age(needs.time()));
    };
  }

  /** The step that comes next, for example {@code canary 30 %}. */
  private static String step(KindFlags to, UnaryOperator<String> words) {
    String stage = words.apply("stage." + to.stage().label());
    return to.stage() == Stage.CANARY
        ? "%s %s %%".formatted(stage, to.cohort().percentage().stripTrailingZeros().toPlainString())
        : stage;
  }

  private static String gate(GateResult by, UnaryOperator<String> words) {
    String gate = words.apply("gate." + by.gate());
    return by.name() == null ? gate : gate + " " + by.name();
  }

  private static NextSentence said(
      String state,
      @Nullable Gate by,
      @Nullable String findings,
      UnaryOperator<String> words,
      String... values) {
    return new NextSentence(
        state,
        by == null ? null : by.name(),
        String.format(Locale.ROOT, words.apply("next." + state), (Object[]) values),
        findings);
  }

  private static String findings(GateResult by, UnaryOperator<String> words) {
    return by.findings().stream()
        .map(finding -> finding.in(words.apply("phrase." + finding.phrase())))
        .collect(Collectors.joining(", "));
  }

  /** Up to the next full minute: earlier it is not so yet. */
  private static String minute(Instant until) {
    return MINUTE.format(until.plusSeconds(59).plusMillis(999)) + " UTC";
  }

  private static String about(long rows) {
    long unit = 1;
    while (rows / unit >= FIGURES * FIGURES) {
      unit *= 10;
    }
    return String.format(Locale.ROOT, "%,d", Math.ceilDiv(rows, unit) * unit);
  }
}
