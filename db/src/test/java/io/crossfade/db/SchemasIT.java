package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas while two releases are at work on them, one after the other or side by side. */
class SchemasIT {

  private final DbSettings schemas = TestDatabase.newSchemas();

  /** Somebody went to a newer release, and comes back: its tables stay. */
  @ParameterizedTest
  @ValueSource(strings = {"control", "output"})
  void olderReleaseStartsOnTheSchemasOfANewerOne(String scripts) throws SQLException {
    DbSettings.Schema schema = scripts.equals("control") ? schemas.control() : schemas.legacy();
    Schemas.migrate(scripts, schema, schemas.migration());
    sql(schema, "CREATE TABLE of_the_newer_release (id BIGINT PRIMARY KEY)");
    sql(
        schema,
        "INSERT INTO crossfade_schema_history SELECT installed_rank + 1, '9999', 'newer', type,"
            + " 'V9999__newer.sql', 42, installed_by, installed_on, execution_time, TRUE"
            + " FROM crossfade_schema_history ORDER BY installed_rank DESC LIMIT 1");
    SchemaPool pool =
        Schemas.open(scripts, schema, new SchemaPool.Migration(scripts, true, schemas.migration()));
    try (pool) {
      pool.open();
      assertThat(pool.state().trouble()).isNull();
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM of_the_newer_release")) {
        assertThat(row.next()).isTrue();
      }
    }
  }

  /** A primary that was demoted keeps its connections: the next ones go to whoever has its name. */
  @Test
  void connectionToAServerThatOnlyReadsIsNotUsedAgain() throws Exception {
    try (SchemaPool pool =
        Schemas.open(
            "control",
            schemas.control(),
            new SchemaPool.Migration("control", true, schemas.migration()))) {
      pool.open();
      long writable = connectionId(pool, false);
      assertThat(connectionId(pool, false)).as("a sound one is kept").isEqualTo(writable);
      TestDatabase.execute("SET GLOBAL read_only = 1");
      long refused;
      try {
        refused = connectionId(pool, true);
      } finally {
        TestDatabase.execute("SET GLOBAL read_only = 0");
      }
      assertThat(refused).isEqualTo(writable);
      assertThat(connectionId(pool, false)).isNotEqualTo(writable);
    }
  }

  /**
   * Which connection the pool gives.
   *
   * @param refuses whether its server is expected to refuse a write
   */
  private static long connectionId(SchemaPool pool, boolean refuses) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      long id;
      try (ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
        row.next();
        id = row.getLong(1);
      }
      if (refuses) {
        assertThatThrownBy(() -> statement.execute("DELETE FROM reconciler_pause"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("read-only");
      }
      return id;
    }
  }

  /** Routers that are started at once take turns, and each finds its tables. */
  @Test
  void severalMayStartAtOnce() throws Exception {
    Thread[] starts = new Thread[4];
    boolean[] opened = new boolean[starts.length];
    for (int i = 0; i < starts.length; i++) {
      int nth = i;
      starts[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (SchemaPool pool =
                        Schemas.open(
                            "control-" + nth,
                            schemas.control(),
                            new SchemaPool.Migration("control", true, schemas.migration()))) {
                      pool.open();
                      opened[nth] = tables(pool) > 10;
                    } catch (SQLException e) {
                      throw new IllegalStateException(e);
                    }
                  });
    }
    for (Thread start : starts) {
      start.join();
    }
    assertThat(opened).containsOnly(true);
  }

  private static int tables(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT COUNT(*) FROM information_schema.tables"
                    + " WHERE table_schema = DATABASE()")) {
      row.next();
      return row.getInt(1);
    }
  }

  private void sql(DbSettings.Schema schema, String sql) throws SQLException {
    DbSettings.Credentials migration = Objects.requireNonNull(schemas.migration());
    try (Connection connection =
            DriverManager.getConnection(schema.url(), migration.username(), migration.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
