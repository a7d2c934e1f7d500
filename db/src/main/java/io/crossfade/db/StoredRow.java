package io.crossfade.db;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row as an output holds it.
 *
 * @param reason why the path had it; never compared; {@code null} when this release does not know
 *     it
 * @param values of {@link OutputTable#comparedColumns}, in that order; values that are equal in the
 *     database are equal objects; an {@link Unreadable} where no value can be made of it
 * @param unreadable columns of which nothing can be made, the route reason among them
 */
public record StoredRow(
    RecordId id,
    long stamp,
    @Nullable RouteReason reason,
    List<@Nullable Object> values,
    List<Unreadable> unreadable) {

  /**
   * Bytes of a column, equal where they are the same.
   *
   * @param hex their digits
   */
  public record Binary(String hex) {

    Binary(byte[] bytes) {
      this(HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
      return "0x" + hex;
    }
  }

  /**
   * What a column holds that this release cannot read: a newer one wrote it, or it is no value of
   * the column's type, like the 30th of February.
   *
   * @param text as the server sends it
   */
  public record Unreadable(String column, String text) {

    @Override
    public String toString() {
      return text;
    }
  }
}
