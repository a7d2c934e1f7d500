package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Fresh schemas with the pools that the application would have on them. */
public final class TestOutputs implements AutoCloseable {

  private static final int AT_ONCE = 500;
  private static final int MOST_ROWS = 10_000_000;

  private final DbSettings settings;
  private final HikariDataSource control;
  private final HikariDataSource legacy;
  private final HikariDataSource stream;

  public TestOutputs() {
    this(TestDatabase.newSchemas());
  }

  public TestOutputs(DbSettings settings) {
    this.settings = settings;
    DbConfiguration configuration = new DbConfiguration();
    control = configuration.controlDataSource(settings);
    legacy = configuration.legacyDataSource(settings);
    stream = configuration.streamDataSource(settings);
  }

  public DbSettings settings() {
    return settings;
  }

  public DataSource control() {
    return control;
  }

  public DataSource legacy() {
    return legacy;
  }

  public DataSource stream() {
    return stream;
  }

  /** Every compared column of every row of a kind's tables, with the stamp, in one order. */
  public static List<String> rows(DataSource output, Kind kind) {
    List<String> rows = new ArrayList<>();
    for (OutputTable<?> table : OutputTables.of(kind)) {
      List<RecordId> ids = ids(output, table);
      OutputScan scan = new OutputScan(output, table);
      try {
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
          List<RecordId> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
          Map<RecordId, StoredRow> found = scan.find(some);
          for (RecordId id : some) {
            StoredRow row = java.util.Objects.requireNonNull(found.get(id));
            var fields = new TreeMap<String, Object>();
            for (int i = 0; i < row.values().size(); i++) {
              fields.put(table.comparedColumns().get(i), String.valueOf(row.values().get(i)));
            }
            rows.add(table.name() + " " + row.id() + " " + row.stamp() + " " + fields);
          }
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    return rows;
  }

  /** Ids of all rows of a table, in order. */
  static List<RecordId> ids(DataSource output, OutputTable<?> table) {
    List<RecordId> ids = new ArrayList<>();
    try {
      new OutputScan(output, table)
          .page(
              OutputScan.Order.BY_ID, 0, Long.MAX_VALUE, null, MOST_ROWS, raw -> ids.add(raw.id()));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return ids;
  }

  /** How many rows the kind's first table has: one per record. */
  public static long count(DataSource output, Kind kind) {
    return number(output, "SELECT COUNT(*) FROM " + OutputTables.of(kind).getFirst().name());
  }

  /** The one number that a query returns. */
  public static long number(DataSource output, String sql) {
    try (Connection connection = output.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      long number = result.getLong(1);
      connection.commit();
      return number;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Changes rows behind the application's back; returns how many. */
  public static int update(DataSource output, String sql) {
    try (Connection connection = output.getConnection();
        Statement statement = connection.createStatement()) {
      int changed = statement.executeUpdate(sql);
      connection.commit();
      return changed;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void close() {
    control.close();
    legacy.close();
    stream.close();
  }
}
