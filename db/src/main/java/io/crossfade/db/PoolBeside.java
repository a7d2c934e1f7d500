package io.crossfade.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** A second pool onto a schema, which gives no connection before the first one does. */
final class PoolBeside extends HikariDataSource {

  private final SchemaPool first;

  PoolBeside(HikariConfig config, SchemaPool first) {
    super(config);
    this.first = first;
  }

  @Override
  public Connection getConnection() throws SQLException {
    first.checkOpened();
    return super.getConnection();
  }
}
