package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.TestDatabase;
import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TypeSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read of an item is what its column gives back. */
class FieldReaderIT {

  private static final int VALUES = 6000;
  private static final String SCHEMA = "crossfade_field_reader";

  @Test
  void columnsHoldWhatIsReadUnbent() throws Exception {
    Map<String, String> tables = new HashMap<>();
    int stored = 0;
    try (Connection connection = TestDatabase.admin()) {
      execute(connection, "DROP SCHEMA IF EXISTS " + SCHEMA);
      execute(
          connection,
          "CREATE SCHEMA %s DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin".formatted(SCHEMA));
      for (int seed = 0; seed < VALUES; seed++) {
        Random random = new Random(seed);
        TypeSpec type = RandomKinds.type(random);
        String sent = "{\"f\":" + RandomKinds.value(random) + "}";
        Object value = read(type, sent);
        if (value == null) {
          continue;
        }
        String column = column(type);
        String table = tables.get(column);
        if (table == null) {
          table = SCHEMA + ".t" + tables.size();
          execute(connection, "CREATE TABLE %s (v %s)".formatted(table, column));
          tables.put(column, table);
        }
        execute(connection, "DELETE FROM " + table);
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO %s VALUES (?)".formatted(table))) {
          insert.setObject(1, value);
          insert.executeUpdate();
        } catch (SQLException e) {
          throw new AssertionError("seed %d: %s of %s".formatted(seed, type, sent), e);
        }
        assertThat(stored(connection, table, value))
            .as("seed %d: %s of %s", seed, type, sent)
            .isEqualTo(value);
        stored++;
      }
      execute(connection, "DROP SCHEMA " + SCHEMA);
    }
    assertThat(stored).isGreaterThan(VALUES / 20);
  }

  private static @Nullable Object read(TypeSpec type, String sent) {
    FieldSpec field =
        new FieldSpec("f", type, List.of(FieldPath.parse("f")), false, null, null, false);
    try {
      return new FieldReader(List.of(field))
          .read(new Item(FieldReaderTest.json(sent), List.of()))
          .values()[0];
    } catch (UnreadableItemException e) {
      return null;
    }
  }

  private static Object stored(Connection connection, String table, Object value)
      throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT v FROM " + table)) {
      assertThat(row.next()).isTrue();
      return switch (value) {
        case LocalDateTime time -> row.getObject(1, LocalDateTime.class);
        case LocalDate day -> row.getObject(1, LocalDate.class);
        case Long whole -> row.getLong(1);
        case Double real -> row.getDouble(1);
        case Boolean bool -> row.getBoolean(1);
        case byte[] bytes -> row.getBytes(1);
        case String text -> row.getString(1);
        default -> row.getBigDecimal(1);
      };
    }
  }

  private static String column(TypeSpec type) {
    return switch (type) {
      case TypeSpec.Text text -> "VARCHAR(%d)".formatted(text.length());
      case TypeSpec.Int whole -> "BIGINT";
      case TypeSpec.Decimal decimal ->
          "DECIMAL(%d,%d)".formatted(decimal.precision(), decimal.scale());
      case TypeSpec.Real real -> "DOUBLE";
      case TypeSpec.Bool bool -> "BOOLEAN";
      case TypeSpec.Instant instant -> "DATETIME";
      case TypeSpec.Date date -> "DATE";
      case TypeSpec.Json json -> "LONGTEXT";
      case TypeSpec.Bytes bytes -> "VARBINARY(%d)".formatted(bytes.length());
      case TypeSpec.Choice choice -> "VARCHAR(%d)".formatted(choice.length());
    };
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
