package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.Visible;
import io.crossfade.reconciler.cli.Screen.Style;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows for people: columns as wide as what they hold, numbers to the right. */
final class TextTable {

  /** Characters of a cell that is not the last of its row. */
  private static final int WIDEST = 60;

  private final List<Column> columns;
  private final List<List<String>> cells = new ArrayList<>();

  TextTable(List<Column> columns, JsonNode rows) {
    this.columns = columns;
    for (JsonNode row : rows) {
      List<String> line = new ArrayList<>();
      for (Column column : columns) {
        String text = Visible.of(column.text(row));
        boolean clipped = line.size() < columns.size() - 1 && text.length() > WIDEST;
        line.add(clipped ? text.substring(0, WIDEST - 1) + "…" : text);
      }
      cells.add(line);
    }
  }

  void print(PrintWriter out, boolean coloured) {
    Screen screen = coloured && out instanceof Screen one ? one : null;
    List<String> heads = columns.stream().map(Column::name).toList();
    line(out, screen, heads, true);
    cells.forEach(row -> line(out, screen, row, false));
  }

  private void line(PrintWriter out, @Nullable Screen screen, List<String> row, boolean head) {
    for (int at = 0; at < row.size(); at++) {
      boolean last = at == row.size() - 1;
      String text = row.get(at);
      String blanks = " ".repeat(Math.max(0, width(at) - text.length()));
      boolean right = isNumeric(at);
      if (right) {
        out.print(blanks);
      }
      if (screen == null) {
        out.print(text);
      } else {
        screen.print(head ? Style.BOLD : style(text), text);
      }
      if (!last) {
        out.print(right ? "  " : blanks + "  ");
      }
    }
    out.println();
  }

  private int width(int column) {
    int widest = columns.get(column).name().length();
    for (List<String> row : cells) {
      widest = Math.max(widest, row.get(column).length());
    }
    return widest;
  }

  private boolean isNumeric(int column) {
    return cells.stream().allMatch(row -> row.get(column).matches("-?[0-9.]*( %)?"));
  }

  /** Words that say how something stands. */
  static Style style(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "PASS", "REDRIVEN", "CLOSED" -> Style.GOOD;
      case "FAIL", "URGENT", "REFUSED" -> Style.BAD;
      case "INCONCLUSIVE", "OPEN", "HALF_OPEN" -> Style.DOUBTFUL;
      case "DISCARDED" -> Style.QUIET;
      default -> Style.PLAIN;
    };
  }
}
