package io.crossfade.reconciler.tables;

import io.crossfade.db.Visible;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Values for people. */
final class Shown {

  private static final int LONGEST = 200;

  private Shown() {}

  /** A value as it could be typed, cut where it is long; bytes in hexadecimal. */
  static String value(ColumnShape column, byte[] value) {
    String text =
        switch (column.family()) {
          case BINARY, GEOMETRY ->
              "0x"
                  + HexFormat.of().formatHex(Arrays.copyOf(value, Math.min(value.length, LONGEST)));
          case BITS -> new BigInteger(1, value).toString();
          default ->
              Visible.of(
                  new String(
                      value, 0, Math.min(value.length, 4 * LONGEST), StandardCharsets.UTF_8));
        };
    return text.length() <= LONGEST && value.length <= 4 * LONGEST
        ? text
        : "%s… (%d bytes)"
            .formatted(text.substring(0, Math.min(text.length(), LONGEST)), value.length);
  }
}
