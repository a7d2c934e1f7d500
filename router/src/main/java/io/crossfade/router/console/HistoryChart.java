package io.crossfade.router.console;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.control.RouterHistory.Summed;
import io.crossfade.router.history.History.Line;
import io.crossfade.router.history.History.Past;
import io.crossfade.router.history.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was, of one kind, as shapes of an SVG: records served per second, by path. Pure. All lengths
 * are in units of its view box.
 *
 * @param empty whether no router counted anything
 * @param legacy shape of the curve of the memory queue
 * @param stream likewise
 * @param gaps where no router counted
 * @param ofLegacy the memory queue in figures
 * @param ofStream likewise
 */
public record HistoryChart(
    Kind kind,
    boolean empty,
    String legacy,
    String stream,
    List<Tick> rates,
    List<Tick> times,
    List<Band> gaps,
    List<Flag> flags,
    Sums ofLegacy,
    Sums ofStream) {

  /** A line of the grid with what it stands for. */
  public record Tick(double at, String text) {}

  /** Something that has a length in time. */
  public record Band(double x, double width) {}

  /**
   * A mark.
   *
   * @param number under which it stands in the list
   * @param lasts its length; {@code null} for none
   * @param level a row for its number: those of neighbours do not lie upon each other
   */
  public record Flag(int number, String sort, double x, @Nullable Band lasts, double level) {}

  /**
   * What a path did in all of the time.
   *
   * @param most records per second that it served
   * @param waiting the most that waited at the end of a slice; {@code null} when it is not known
   * @param oldest the longest that one waited; {@code null} for none
   */
  public record Sums(
      long accepted,
      long written,
      long fellBack,
      long refused,
      double most,
      @Nullable Long waiting,
      @Nullable Long oldest) {}

  static final int WIDTH = 520;
  static final int HEIGHT = 190;
  static final int LEFT = 52;
  static final int RIGHT = 8;
  static final int TOP = 40;
  static final int BOTTOM = 22;
  private static final int RATES = 4;
  private static final int TIMES = 4;

  /** Numbers that are nearer than this, or their neighbour's, go a row down. */
  private static final double NUMBER_WIDTH = 20;

  private static final double NUMBER_HEIGHT = 13;
  private static final int NUMBER_ROWS = 3;
  private static final DateTimeFormatter TIME = time("HH:mm");
  private static final DateTimeFormatter DAY = time("MM-dd HH:mm");

  /** Draws each kind. */
  static List<HistoryChart> of(Past past, List<Mark> marks) {
    List<HistoryChart> charts = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Line> lines = past.lines().stream().filter(line -> line.kind().equals(kind)).toList();
      charts.add(of(kind, past, lines, marks));
    }
    return charts;
  }

  private static HistoryChart of(Kind kind, Past past, List<Line> lines, List<Mark> marks) {
    double seconds = past.resolution().slice().toSeconds();
    ToDoubleFunction<Summed> rate = one -> one.figures().accepted() / seconds;
    double most =
        lines.stream()
            .flatMap(line -> line.slices().stream())
            .filter(Objects::nonNull)
            .mapToDouble(rate)
            .max()
            .orElse(0);
    double top = round(most);
    Line legacy = line(lines, DeliveryPath.LEGACY);
    Line stream = line(lines, DeliveryPath.STREAM);
    return new HistoryChart(
        kind,
        lines.stream().flatMap(line -> line.slices().stream()).allMatch(Objects::isNull),
        shape(legacy, past, rate, top),
        shape(stream, past, rate, top),
        rates(top),
        times(past),
        gaps(lines, past),
        flags(kind, past, marks),
        sums(legacy, rate),
        sums(stream, rate));
  }

  private static Line line(List<Line> lines, DeliveryPath path) {
    return lines.stream().filter(line -> line.path() == path).findFirst().orElseThrow();
  }

  /** From slice to slice, begun anew after each in which no router counted. */
  private static String shape(Line line, Past past, ToDoubleFunction<Summed> rate, double top) {
    StringBuilder shape = new StringBuilder();
    boolean pen = false;
    for (int slice = 0; slice < line.slices().size(); slice++) {
      Summed one = line.slices().get(slice);
      if (one == null) {
        pen = false;
        continue;
      }
      double x = x(past, past.at(slice).plus(past.resolution().slice().dividedBy(2)));
      double y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - rate.applyAsDouble(one) / top);
      // One alone is a dot.
      shape.append(
          String.format(Locale.ROOT, pen ? "L%.1f %.1f" : "M%1$.1f %2$.1fL%1$.1f %2$.1f", x, y));
      pen = true;
    }
    return shape.toString();
  }

  private static Sums sums(Line line, ToDoubleFunction<Summed> rate) {
    List<Summed> all = new ArrayList<>();
    for (Summed one : line.slices()) {
      if (one != null) {
        all.add(one);
      }
    }
    return new Sums(
        all.stream().mapToLong(one -> one.figures().accepted()).sum(),
        all.stream().mapToLong(one -> one.figures().written()).sum(),
        all.stream().mapToLong(one -> one.figures().fellBack()).sum(),
        all.stream().mapToLong(one -> one.figures().refused()).sum(),
        all.stream().mapToDouble(rate).max().orElse(0),
        all.stream()
            .map(one -> one.figures().waiting())
            .filter(Objects::nonNull)
            .max(Long::compare)
            .orElse(null),
        all.stream()
            .map(one -> one.figures().oldestMillis())
            .filter(Objects::nonNull)
            .max(Long::compare)
            .orElse(null));
  }

  private static List<Tick> rates(double top) {
    List<Tick> ticks = new ArrayList<>();
    for (int line = 0; line <= RATES; line++) {
      double value = top * line / RATES;
      // 2.5 of 10 is no 3.
      String text = String.format(Locale.ROOT, top <= 10 ? "%.1f" : "%,.0f", value);
      ticks.add(new Tick(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), text));
    }
    return ticks;
  }

  private static List<Tick> times(Past past) {
    Duration all = Duration.between(past.from(), past.to());
    DateTimeFormatter form = all.compareTo(Duration.ofDays(1)) > 0 ? DAY : TIME;
    List<Tick> ticks = new ArrayList<>();
    for (int tick = 0; tick <= TIMES; tick++) {
      // The first and the last would stand over the edge.
      Instant at = past.from().plus(all.multipliedBy(2L * tick + 1).dividedBy(2L * TIMES + 2));
      Instant minute = at.minusMillis(Math.floorMod(at.toEpochMilli(), 60_000));
      ticks.add(new Tick(x(past, minute), form.format(minute)));
    }
    return ticks;
  }

  private static List<Band> gaps(List<Line> lines, Past past) {
    List<Band> gaps = new ArrayList<>();
    int begun = -1;
    for (int slice = 0; slice <= past.size(); slice++) {
      int index = slice;
      boolean gap =
          slice < past.size() && lines.stream().allMatch(line -> line.slices().get(index) == null);
      if (gap && begun < 0) {
        begun = slice;
      } else if (!gap && begun >= 0) {
        gaps.add(band(past, past.at(begun), past.at(slice)));
        begun = -1;
      }
    }
    return gaps;
  }

  private static List<Flag> flags(Kind kind, Past past, List<Mark> marks) {
    List<Flag> flags = new ArrayList<>();
    double[] taken = new double[NUMBER_ROWS];
    Arrays.fill(taken, Double.NEGATIVE_INFINITY);
    for (int number = 0; number < marks.size(); number++) {
      Mark mark = marks.get(number);
      if (!mark.concerns(kind)) {
        continue;
      }
      double x = x(past, mark.at());
      Instant until = mark.lasts() ? past.to() : mark.until();
      int row = 0;
      while (row < NUMBER_ROWS - 1 && x - taken[row] < NUMBER_WIDTH) {
        row++;
      }
      taken[row] = x;
      flags.add(
          new Flag(
              number + 1,
              mark.sort().name().toLowerCase(Locale.ROOT),
              x,
              until == null ? null : band(past, mark.at(), until),
              NUMBER_HEIGHT - 2 + row * NUMBER_HEIGHT));
    }
    return flags;
  }

  private static Band band(Past past, Instant from, Instant to) {
    double x = x(past, from);
    return new Band(x, Math.max(1, x(past, to) - x));
  }

  private static double x(Past past, Instant at) {
    double all = Duration.between(past.from(), past.to()).toMillis();
    double part = Duration.between(past.from(), at).toMillis() / all;
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp(part, 0, 1);
  }

  /** The next of …, 1, 2, 4, 10, 20, …, which four lines divide well; 0.4 at least. */
  private static double round(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 0.4))));
    for (double factor : new double[] {1, 2, 4, 10}) {
      if (value <= factor * power) {
        return Math.max(0.4, factor * power);
      }
    }
    return 10 * power;
  }

  private static DateTimeFormatter time(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }
}
