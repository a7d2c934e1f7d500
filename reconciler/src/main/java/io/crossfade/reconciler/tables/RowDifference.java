package io.crossfade.reconciler.tables;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two tables do not agree in, after the second look.
 *
 * @param columns that differ when both have the row
 * @param seen both rows as they were when that was believed
 */
public record RowDifference(RowKey key, Sort sort, List<Cell> columns, Suspect seen) {

  /** What is wrong. */
  public enum Sort {
    ONLY_LEFT,
    ONLY_RIGHT,
    DIFFERS,
    /** It was another each time one looked, and never the same on both sides. */
    KEEPS_CHANGING
  }

  /**
   * A column that differs, with both values for people; {@code null} for NULL.
   *
   * @param column its place among those of the pair
   */
  public record Cell(int column, @Nullable String left, @Nullable String right) {}

  void write(DataOutputStream out) throws IOException {
    seen.write(out);
    out.writeByte(sort.ordinal());
    out.writeShort(columns.size());
    for (Cell cell : columns) {
      out.writeShort(cell.column());
      writeText(out, cell.left());
      writeText(out, cell.right());
    }
  }

  /** The next one of a file, or {@code null} at its end. */
  static @Nullable RowDifference read(DataInputStream in) throws IOException {
    Suspect seen = Suspect.read(in);
    if (seen == null) {
      return null;
    }
    Sort sort = Sort.values()[in.readByte()];
    List<Cell> cells = new ArrayList<>();
    for (int i = in.readShort(); i > 0; i--) {
      cells.add(new Cell(in.readShort(), readText(in), readText(in)));
    }
    return new RowDifference(seen.key(), sort, cells, seen);
  }

  private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static @Nullable String readText(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }
}
