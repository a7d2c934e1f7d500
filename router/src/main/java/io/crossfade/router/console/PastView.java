package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.router.history.History.Past;
import io.crossfade.router.history.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;

/**
 * What was, as a page shows it.
 *
 * @param minutes that were asked for
 * @param empty whether no router counted anything
 * @param slice how long a slice is
 * @param earlier how many marks there are before those that are shown
 */
public record PastView(
    int minutes,
    Instant from,
    Instant to,
    boolean empty,
    Duration slice,
    List<HistoryChart> charts,
    List<Happening> happenings,
    int earlier) {

  /** More numbers than these nobody reads in a chart. */
  private static final int MOST = 20;

  /**
   * A mark, in one language.
   *
   * @param number under which the charts have it
   */
  public record Happening(
      int number,
      String sort,
      Instant at,
      @Nullable Instant until,
      boolean lasts,
      List<Kind> kinds,
      String text,
      String page) {}

  static PastView of(Past past, int minutes, MessageSource words, Locale locale) {
    int earlier = Math.max(0, past.marks().size() - MOST);
    List<Mark> marks = past.marks().subList(earlier, past.marks().size());
    List<Happening> happenings = new ArrayList<>();
    for (Mark mark : marks) {
      happenings.add(
          new Happening(
              happenings.size() + 1,
              mark.sort().name(),
              mark.at(),
              mark.until(),
              mark.lasts(),
              mark.kinds(),
              mark.in(
                  Objects.requireNonNull(words.getMessage("mark." + mark.sort(), null, locale))),
              mark.page()));
    }
    return new PastView(
        minutes,
        past.from(),
        past.to(),
        past.isEmpty(),
        past.resolution().slice(),
        HistoryChart.of(past, marks),
        happenings,
        earlier);
  }
}
