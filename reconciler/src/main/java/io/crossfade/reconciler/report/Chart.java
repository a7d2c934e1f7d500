package io.crossfade.reconciler.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.unbescape.html.HtmlEscape;

/**
 * Pictures as inline SVG, so that a report is one file and opens offline. A library would bring
 * AWT, which needs fonts that a server does not have.
 */
final class Chart {

  private static final int WIDTH = 520;
  private static final int HEIGHT = 200;
  private static final int LEFT = 62;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 26;
  private static final int MOST_LABELS = 7;
  private static final int GRID_LINES = 4;
  private static final double LEAST_RANGE = 0.02;
  private static final int BAR = 22;
  private static final int BAR_LABEL = 190;
  private static final int BAR_COUNT = 90;

  /** Okabe and Ito's colours, which colour-blind people tell apart, and dashes for print. */
  private static final List<String> COLOURS = List.of("#0072b2", "#d55e00", "#009e73");

  private static final List<String> DASHES = List.of("", "7 3", "2 3");

  /** One line; NaN where there is nothing to show. */
  record Series(String name, double[] values) {}

  /** One bar of two parts. */
  record Bar(String label, long unexplained, long explained) {

    long sum() {
      return unexplained + explained;
    }
  }

  private Chart() {}

  /**
   * Lines over equal steps.
   *
   * @param unit of the values
   * @param steps name of each step
   * @param limit a value that matters, drawn across
   * @param most upper end of the scale; empty lets the values decide, from 0
   * @return empty text when there is nothing to show
   */
  static String lines(
      String title,
      String unit,
      List<String> steps,
      List<Series> series,
      OptionalDouble limit,
      OptionalDouble most) {
    double[] all =
        series.stream()
            .flatMapToDouble(one -> Arrays.stream(one.values()))
            .filter(value -> !Double.isNaN(value))
            .toArray();
    if (all.length == 0) {
      return "";
    }
    double greatest = Arrays.stream(all).max().orElseThrow();
    double least = Math.min(Arrays.stream(all).min().orElseThrow(), limit.orElse(greatest));
    double top = most.orElse(round(greatest));
    double bottom = most.isPresent() ? Math.max(0, top - round((top - least) * 1.1)) : 0;
    StringBuilder svg = open(title, HEIGHT);
    for (int line = 0; line <= GRID_LINES; line++) {
      double value = bottom + (top - bottom) * line / GRID_LINES;
      double y = y(value, bottom, top);
      put(
          svg,
          "<line class='grid' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>",
          LEFT,
          WIDTH - RIGHT,
          y,
          y);
      put(
          svg,
          "<text class='axis' text-anchor='end' x='%d' y='%.1f'>%s</text>",
          LEFT - 6,
          y + 4,
          number(value, top - bottom) + unit);
    }
    limit.ifPresent(
        value ->
            put(
                svg,
                "<line class='limit' x1='%d' x2='%d' y1='%.1f' y2='%.1f'><title>limit %s%s</title></line>",
                LEFT,
                WIDTH - RIGHT,
                y(value, bottom, top),
                y(value, bottom, top),
                value,
                unit));
    int every = Math.max(1, (steps.size() + MOST_LABELS - 1) / MOST_LABELS);
    for (int step = 0; step < steps.size(); step += every) {
      put(
          svg,
          "<text class='axis' text-anchor='middle' x='%.1f' y='%d'>%s</text>",
          x(step, steps.size()),
          HEIGHT - 8,
          escaped(steps.get(step)));
    }
    for (int number = 0; number < series.size(); number++) {
      line(svg, series.get(number), number, steps, unit, bottom, top);
    }
    return figure(title, legend(series), svg);
  }

  private static void line(
      StringBuilder svg,
      Series series,
      int number,
      List<String> steps,
      String unit,
      double bottom,
      double top) {
    String colour = COLOURS.get(number % COLOURS.size());
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    boolean pen = false;
    for (int step = 0; step < series.values().length; step++) {
      double value = series.values()[step];
      if (Double.isNaN(value)) {
        pen = false;
        continue;
      }
      double x = x(step, steps.size());
      double y = y(value, bottom, top);
      put(path, "%s%.1f %.1f", pen ? "L" : "M", x, y);
      put(
          dots,
          "<circle fill='%s' cx='%.1f' cy='%.1f' r='2.6'><title>%s, %s: %s%s</title></circle>",
          colour,
          x,
          y,
          escaped(series.name()),
          escaped(steps.get(step)),
          number(value, top - bottom),
          unit);
      pen = true;
    }
    put(
        svg,
        "<path fill='none' stroke='%s' stroke-width='1.8' stroke-dasharray='%s' d='%s'/>%s",
        colour,
        DASHES.get(number % DASHES.size()),
        path,
        dots);
  }

  /** Bars of an unexplained and an explained part, longest first as given. */
  static String bars(String title, List<Bar> bars) {
    if (bars.stream().mapToLong(Bar::sum).sum() == 0) {
      return "";
    }
    long most = bars.stream().mapToLong(Bar::sum).max().orElseThrow();
    StringBuilder svg = open(title, bars.size() * BAR + 6);
    for (int number = 0; number < bars.size(); number++) {
      Bar bar = bars.get(number);
      int y = number * BAR + 3;
      double scale = (double) (WIDTH - BAR_LABEL - BAR_COUNT) / most;
      double first = bar.unexplained() * scale;
      put(
          svg,
          "<text class='axis' text-anchor='end' x='%d' y='%d'>%s</text>",
          BAR_LABEL - 8,
          y + 14,
          escaped(bar.label()));
      put(
          svg,
          "<rect class='unexplained' x='%d' y='%d' width='%.1f' height='%d'/>"
              + "<rect class='explained' x='%.1f' y='%d' width='%.1f' height='%d'/>",
          BAR_LABEL,
          y,
          first,
          BAR - 6,
          BAR_LABEL + first,
          y,
          bar.explained() * scale,
          BAR - 6);
      put(
          svg,
          "<text class='axis' x='%.1f' y='%d'>%,d</text>",
          BAR_LABEL + bar.sum() * scale + 6,
          y + 14,
          bar.sum());
    }
    return figure(
        title,
        "<span class='key unexplained'></span> unexplained"
            + " <span class='key explained'></span> explained",
        svg);
  }

  private static String legend(List<Series> series) {
    StringBuilder legend = new StringBuilder();
    for (int number = 0; number < series.size(); number++) {
      put(
          legend,
          "<svg class='key' viewBox='0 0 24 8' aria-hidden='true'><path stroke='%s'"
              + " stroke-width='2.5' stroke-dasharray='%s' d='M0 4L24 4'/></svg> %s ",
          COLOURS.get(number % COLOURS.size()),
          DASHES.get(number % DASHES.size()),
          escaped(series.get(number).name()));
    }
    return legend.toString();
  }

  private static StringBuilder open(String title, int height) {
    StringBuilder svg = new StringBuilder();
    put(svg, "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>", WIDTH, height, escaped(title));
    return svg;
  }

  private static String figure(String title, String legend, StringBuilder svg) {
    return "<figure><figcaption>%s<small>%s</small></figcaption>%s</svg></figure>"
        .formatted(escaped(title), legend, svg);
  }

  private static double x(int step, int steps) {
    double room = WIDTH - LEFT - RIGHT;
    return steps == 1 ? LEFT + room / 2 : LEFT + room * step / (steps - 1);
  }

  private static double y(double value, double bottom, double top) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - bottom) / (top - bottom));
  }

  /** The next of …, 1, 2, 4, 10, 20, …, which four lines divide well. */
  private static double round(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, LEAST_RANGE))));
    for (double factor : new double[] {1, 2, 4, 10}) {
      if (value <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value, double range) {
    int decimals = range <= 0.1 ? 3 : range <= 1 ? 2 : range <= 10 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static void put(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values));
  }

  private static String escaped(String text) {
    return HtmlEscape.escapeHtml4Xml(text);
  }
}
