package io.crossfade.db.kind;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One field of a record, or of a row of its own.
 *
 * @param name {@code [A-Za-z_][A-Za-z0-9_]{0,63}}
 * @param from where its value stands: the first of these that has one counts
 * @param required whether an item without a value is no record
 * @param otherwise the value of an item that has none, of the Java type of {@code type}
 * @param times what a number is multiplied with before it is stored, for another unit
 * @param rounded whether a number with more decimals than are stored is rounded, half away from
 *     zero; else such an item is no record
 */
public record FieldSpec(
    String name,
    TypeSpec type,
    List<FieldPath> from,
    boolean required,
    @Nullable Object otherwise,
    @Nullable BigDecimal times,
    boolean rounded) {

  public FieldSpec {
    from = List.copyOf(from);
  }

  /** Whether every record has a value: its column is NOT NULL. */
  public boolean always() {
    return required || otherwise != null;
  }
}
