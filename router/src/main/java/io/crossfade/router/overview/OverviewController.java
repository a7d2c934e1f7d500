package io.crossfade.router.overview;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/overview}: what the first page of the console says. */
@RestController
public final class OverviewController {

  /**
   * Everything at one moment.
   *
   * @param at when it was looked at
   * @param alerts what needs a person, the worst first; empty when nothing does
   * @param kinds how each kind stands
   */
  public record Overview(Instant at, List<AlertView> alerts, List<KindView> kinds) {}

  /**
   * One kind.
   *
   * @param stage label of it
   * @param next whether its next step may be taken, and else what it waits for, in English
   * @param fallbackPercent of the records meant for the stream, those the memory queue took in the
   *     last minute, on this router; {@code null} when none was meant for it
   */
  public record KindView(
      String kind,
      String stage,
      NextSentence next,
      QueueView queue,
      @Nullable Double fallbackPercent) {}

  /**
   * The memory queue, on this router.
   *
   * @param oldestMillis since the acceptance of the oldest record in it; {@code null} for none
   * @param fullInMillis at the rate of the last seconds; {@code null} while it does not grow
   */
  public record QueueView(
      int held,
      int capacity,
      double percent,
      @Nullable Long oldestMillis,
      @Nullable Long fullInMillis) {

    static QueueView of(QueueFill queue) {
      return new QueueView(
          queue.held(),
          queue.capacity(),
          queue.percent(),
          millis(queue.oldest()),
          millis(queue.untilFull()));
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
      return duration == null ? null : duration.toMillis();
    }
  }

  /**
   * One thing that needs a person.
   *
   * @param kind label of the kind; {@code null} when it is nobody's alone
   * @param message in English
   * @param page of the console where one acts
   */
  public record AlertView(
      Severity severity,
      Alert.Condition condition,
      @Nullable String kind,
      String message,
      String page) {}

  private final LiveFigures figures;
  private final MessageSource words;

  OverviewController(LiveFigures figures, MessageSource words) {
    this.figures = figures;
    this.words = words;
  }

  @GetMapping("/api/overview")
  public Overview overview() {
    LiveFigures.Now now = figures.now();
    return new Overview(
        now.at(),
        now.alerts().stream().map(this::view).toList(),
        now.kinds().stream().map(this::view).toList());
  }

  private KindView view(LiveFigures.KindNow kind) {
    return new KindView(
        kind.kind().label(),
        kind.flags().stage().label(),
        NextSentence.of(kind.next(), this::english),
        QueueView.of(kind.queue()),
        kind.fallbackPercent());
  }

  private String english(String key) {
    return Objects.requireNonNull(words.getMessage(key, null, Locale.ENGLISH));
  }

  private AlertView view(Alert alert) {
    return new AlertView(
        alert.condition().severity(),
        alert.condition(),
        alert.kind() == null ? null : alert.kind().label(),
        alert.in(english("alert." + alert.condition())),
        alert.page());
  }
}
