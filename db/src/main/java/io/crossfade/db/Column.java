package io.crossfade.db;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One column of an output table and where its value comes from.
 *
 * @param type what the column holds and how it is read back
 * @param compared whether the two outputs must agree on it
 */
record Column<R>(String name, Type type, boolean compared, Function<R, @Nullable Object> value) {

  /** How a column is read back so that equal values are equal objects on every server. */
  enum Type {
    BYTES(byte[].class),
    DATE(LocalDate.class),
    DATE_TIME(LocalDateTime.class),
    DECIMAL(BigDecimal.class),
    DOUBLE(Double.class),
    INTEGER(Long.class),
    TEXT(String.class);

    private final Class<?> javaType;

    Type(Class<?> javaType) {
      this.javaType = javaType;
    }

    Class<?> javaType() {
      return javaType;
    }
  }
}
