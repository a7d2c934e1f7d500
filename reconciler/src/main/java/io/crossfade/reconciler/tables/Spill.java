package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.OutputDiff;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings together the rows of two tables that are kept in two orders: both are written into files
 * by a hash of the key, and then one file of each side is held against the other. A long value is
 * kept as a digest, in which two that differ do not agree.
 */
final class Spill {

  private static final int FEWEST = 16;
  private static final int MOST = 256;
  private static final int ROWS_OF_A_FILE = 20_000;

  /** A longer value is kept as its digest. */
  private static final int LONG_VALUE = 256;

  private static final int NULL = -1;

  private final TablePair pair;
  private final DiffState state;
  private final int files;

  Spill(TablePair pair, DiffState state) {
    this.pair = pair;
    this.state = state;
    long rows = Math.max(pair.left().rows(), pair.right().rows());
    this.files = (int) Math.clamp(rows / ROWS_OF_A_FILE, FEWEST, MOST);
  }

  /** Reads both and says of every key on which sides it is. */
  void merge(
      OutputDiff.Source<TableRow> left,
      OutputDiff.Source<TableRow> right,
      OutputDiff.Sink<TableRow> sink)
      throws SQLException, IOException {
    write(Side.LEFT, left);
    write(Side.RIGHT, right);
    for (int file = 0; file < files; file++) {
      Map<RowKey, TableRow> ofLeft = new HashMap<>();
      try (DataInputStream rows = state.read(name(Side.LEFT, file))) {
        for (TableRow row = read(rows); row != null; row = read(rows)) {
          ofLeft.put(pair.keyOf(row), row);
        }
      }
      try (DataInputStream rows = state.read(name(Side.RIGHT, file))) {
        for (TableRow row = read(rows); row != null; row = read(rows)) {
          TableRow one = ofLeft.remove(pair.keyOf(row));
          if (one == null) {
            sink.onlyStream(row);
          } else {
            sink.both(one, row);
          }
        }
      }
      for (TableRow one : ofLeft.values()) {
        sink.onlyLegacy(one);
      }
      // Their room on the disk is wanted again.
      state.write(name(Side.LEFT, file)).close();
      state.write(name(Side.RIGHT, file)).close();
    }
  }

  private static String name(Side side, int file) {
    return side.label() + "-" + file;
  }

  private void write(Side side, OutputDiff.Source<TableRow> rows) throws SQLException, IOException {
    List<DataOutputStream> outs = new ArrayList<>();
    try {
      for (int file = 0; file < files; file++) {
        outs.add(state.write(name(side, file)));
      }
      for (TableRow row = rows.next(); row != null; row = rows.next()) {
        write(outs.get(Math.floorMod(spread(pair.keyOf(row).hashCode()), files)), row);
      }
    } finally {
      for (DataOutputStream out : outs) {
        out.close();
      }
    }
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ (mixed >>> 15);
  }

  private void write(DataOutputStream out, TableRow row) throws IOException {
    out.writeLong(row.fingerprint());
    out.writeInt(row.whole());
    out.writeShort(pair.columns().size());
    for (int i = 0; i < pair.columns().size(); i++) {
      byte[] value = row.value(i);
      if (value != null && value.length > LONG_VALUE && i >= pair.keyColumns()) {
        value = Sql.digest(value);
      }
      out.writeInt(value == null ? NULL : value.length);
      if (value != null) {
        out.write(value);
      }
    }
  }

  private static @Nullable TableRow read(DataInputStream in) throws IOException {
    if (in.available() == 0) {
      return null;
    }
    long fingerprint = in.readLong();
    int whole = in.readInt();
    byte[][] values = new byte[in.readShort()][];
    for (int i = 0; i < values.length; i++) {
      int length = in.readInt();
      if (length != NULL) {
        values[i] = in.readNBytes(length);
      }
    }
    return new TableRow(values, fingerprint, whole);
  }
}
