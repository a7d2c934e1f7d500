package io.crossfade.db.field;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What was read of a record's fields, one after the other. */
public final class FieldValues {

  private final @Nullable Object[] values;
  private int next;

  private FieldValues(int size) {
    this.values = new @Nullable Object[size];
  }

  /** Reads the values of fields, in their order. */
  public static FieldValues read(List<? extends Field<?>> fields, JsonParser in)
      throws IOException {
    FieldValues read = new FieldValues(fields.size());
    for (int i = 0; i < read.values.length; i++) {
      read.values[i] = fields.get(i).type().read(in);
    }
    return read;
  }

  public @Nullable String text() {
    return (String) next();
  }

  public String requiredText() {
    return Objects.requireNonNull(text());
  }

  public @Nullable Integer integer() {
    return (Integer) next();
  }

  public @Nullable Long bigInteger() {
    return (Long) next();
  }

  public @Nullable BigDecimal decimal() {
    return (BigDecimal) next();
  }

  public @Nullable Double real() {
    return (Double) next();
  }

  public boolean bool() {
    return (Boolean) Objects.requireNonNull(next());
  }

  /** One of the constants of a type. */
  public <E> E choice(Class<E> type) {
    return Objects.requireNonNull(type.cast(next()));
  }

  /** What {@link FieldType.Texts} of these constants has read. */
  @SuppressWarnings("unchecked") // it reads nothing else
  public <E extends Enum<E>> Map<E, String> texts(Class<E> constants) {
    Map<?, ?> texts = (Map<?, ?>) Objects.requireNonNull(next());
    if (!texts.keySet().stream().allMatch(constants::isInstance)) {
      throw new ClassCastException("Not texts by " + constants.getSimpleName());
    }
    return (Map<E, String>) texts;
  }

  private @Nullable Object next() {
    return values[next++];
  }
}
