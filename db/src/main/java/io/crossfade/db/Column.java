package io.crossfade.db;

import com.mysql.cj.MysqlType;
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

  /**
   * How a column is read back so that equal values are equal objects on every server, and as what
   * it is sent.
   */
  enum Type {
    BYTES(byte[].class, MysqlType.BINARY),
    DATE(LocalDate.class, MysqlType.DATE),
    DATE_TIME(LocalDateTime.class, MysqlType.DATETIME),
    DECIMAL(BigDecimal.class, MysqlType.DECIMAL),
    DOUBLE(Double.class, MysqlType.DOUBLE),
    INTEGER(Long.class, MysqlType.BIGINT),
    TEXT(String.class, MysqlType.VARCHAR);

    private final Class<?> javaType;
    private final MysqlType wireType;

    Type(Class<?> javaType, MysqlType wireType) {
      this.javaType = javaType;
      this.wireType = wireType;
    }

    MysqlType wireType() {
      return wireType;
    }

    Class<?> javaType() {
      return javaType;
    }
  }
}
