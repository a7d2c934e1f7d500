package io.crossfade.reconciler;

import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.Difference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Tells whether a row differs in the same fields with the same values as a run found it. Of the
 * stored fields the database computes it, so that a selection of many rows does not bring them
 * here.
 */
public final class DifferenceHash {

  /** The same of a row of the table of differences; 16 hexadecimal digits. */
  static final String SQL = "LEFT(SHA2(fields, 256), 16)";

  private DifferenceHash() {}

  /** Reads what {@link #SQL} gives. */
  static long parse(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  /** Of a row as it is now. */
  public static long of(Difference difference) {
    byte[] stored = ComparisonRows.write(difference.fields()).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(RecordId.sha256().digest(stored)).getLong();
  }
}
