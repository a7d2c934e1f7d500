package io.crossfade.reconciler.tables;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A key whose rows were not the same when they were last looked at.
 *
 * @param left fingerprint of the left row; 0 for none
 * @param right of the right one
 * @param bytes of both rows
 * @param plant how the run itself had it shown
 */
record Suspect(RowKey key, long left, long right, int bytes, @Nullable RowPlant plant) {

  static Suspect of(
      RowKey key, @Nullable TableRow left, @Nullable TableRow right, @Nullable RowPlant plant) {
    return new Suspect(
        key,
        left == null ? 0 : left.fingerprint(),
        right == null ? 0 : right.fingerprint(),
        (left == null ? 0 : left.whole()) + (right == null ? 0 : right.whole()),
        plant);
  }

  void write(DataOutputStream out) throws IOException {
    writeKey(out, key);
    out.writeLong(left);
    out.writeLong(right);
    out.writeInt(bytes);
    out.writeByte(plant == null ? 0 : 1 + plant.side().ordinal());
    if (plant != null) {
      out.writeInt(plant.column());
    }
  }

  /** The next one of a file, or {@code null} at its end. */
  static @Nullable Suspect read(DataInputStream in) throws IOException {
    RowKey key = readKey(in);
    if (key == null) {
      return null;
    }
    long left = in.readLong();
    long right = in.readLong();
    int bytes = in.readInt();
    int plant = in.readByte();
    return new Suspect(
        key,
        left,
        right,
        bytes,
        plant == 0 ? null : new RowPlant(Side.values()[plant - 1], in.readInt()));
  }

  static void writeKey(DataOutputStream out, RowKey key) throws IOException {
    out.writeShort(key.parts().length);
    for (byte[] part : key.parts()) {
      out.writeInt(part.length);
      out.write(part);
    }
  }

  static @Nullable RowKey readKey(DataInputStream in) throws IOException {
    int count;
    try {
      count = in.readShort();
    } catch (EOFException e) {
      return null;
    }
    byte[][] parts = new byte[count][];
    for (int i = 0; i < count; i++) {
      parts[i] = in.readNBytes(in.readInt());
    }
    return new RowKey(parts);
  }
}
