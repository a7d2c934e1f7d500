package io.crossfade.router.history;

import io.crossfade.db.Kind;
import io.crossfade.db.control.RouterHistory.Figures;
import io.crossfade.db.control.RouterHistory.Summed;
import io.crossfade.router.operator.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/history}: what all routers counted lately, and what happened meanwhile. */
@RestController
public final class HistoryController {

  /**
   * A time, in slices of one length.
   *
   * @param seconds how long a slice is
   * @param from begin of the first one
   * @param to end of the last one
   * @param at begin of each slice
   * @param routers how many counted in each slice; 0: what happened in it is not known
   */
  public record View(
      int seconds,
      Instant from,
      Instant to,
      List<Instant> at,
      List<Integer> routers,
      List<LineView> lines,
      List<MarkView> marks) {}

  /**
   * One kind and path: a figure for each slice, {@code null} where no router counted. Optional, for
   * so the description of the API says of the items of a list that they may be null.
   *
   * @param accepted records that the path served
   * @param written records whose row was committed, copies and repeats included
   * @param fellBack of those accepted, those that were meant for the stream
   * @param refused records that no path took; of the memory queue, which is asked last
   * @param waiting records whose row was not committed at the end of the slice
   * @param oldestMillis since the acceptance of the oldest of them
   */
  public record LineView(
      String kind,
      String path,
      List<Optional<Long>> accepted,
      List<Optional<Long>> written,
      List<Optional<Long>> fellBack,
      List<Optional<Long>> refused,
      List<Optional<Long>> waiting,
      List<Optional<Long>> oldestMillis) {}

  /**
   * Something that happened.
   *
   * @param until when it was over; {@code null} for what has no length, and for what lasts
   * @param lasts whether it is not over
   * @param kinds labels of those that it concerns; empty when it is none's alone
   * @param message in English
   * @param page of the console that says more
   */
  public record MarkView(
      Mark.Sort sort,
      Instant at,
      @Nullable Instant until,
      boolean lasts,
      List<String> kinds,
      String message,
      String page) {}

  private final History history;
  private final MessageSource words;

  HistoryController(History history, MessageSource words) {
    this.history = history;
    this.words = words;
  }

  /**
   * The last minutes.
   *
   * @param minutes up to an hour in slices of 10 s, up to a week in slices of 10 minutes
   */
  @GetMapping("/api/history")
  public View history(@RequestParam(defaultValue = "60") int minutes) throws RefusedException {
    return view(last(minutes));
  }

  /** The same, as the console draws it. */
  public History.Past last(int minutes) throws RefusedException {
    try {
      return history.last(minutes);
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
  }

  private View view(History.Past past) {
    List<Instant> at = new ArrayList<>();
    List<Integer> routers = new ArrayList<>();
    for (int slice = 0; slice < past.size(); slice++) {
      int index = slice;
      at.add(past.at(slice));
      routers.add(
          past.lines().stream()
              .map(line -> line.slices().get(index))
              .filter(Objects::nonNull)
              .mapToInt(Summed::routers)
              .max()
              .orElse(0));
    }
    return new View(
        Math.toIntExact(past.resolution().slice().toSeconds()),
        past.from(),
        past.to(),
        at,
        routers,
        past.lines().stream().map(HistoryController::view).toList(),
        past.marks().stream().map(this::view).toList());
  }

  private static LineView view(History.Line line) {
    return new LineView(
        line.kind().label(),
        line.path().label(),
        each(line, Figures::accepted),
        each(line, Figures::written),
        each(line, Figures::fellBack),
        each(line, Figures::refused),
        each(line, Figures::waiting),
        each(line, Figures::oldestMillis));
  }

  private static List<Optional<Long>> each(
      History.Line line, Function<Figures, @Nullable Long> figure) {
    List<Optional<Long>> all = new ArrayList<>();
    for (Summed slice : line.slices()) {
      all.add(Optional.ofNullable(slice).map(Summed::figures).map(figure));
    }
    return all;
  }

  private MarkView view(Mark mark) {
    return new MarkView(
        mark.sort(),
        mark.at(),
        mark.until(),
        mark.lasts(),
        mark.kinds().stream().map(Kind::label).toList(),
        mark.in(
            Objects.requireNonNull(words.getMessage("mark." + mark.sort(), null, Locale.ENGLISH))),
        mark.page());
  }
}
