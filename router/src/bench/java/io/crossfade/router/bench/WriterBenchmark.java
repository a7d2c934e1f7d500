package io.crossfade.router.bench;

import io.crossfade.db.HealthData;
import io.crossfade.db.Output;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** Health rows into the output, batches of 500, beside the ways that others write. */
final class WriterBenchmark {

  private static final int BATCH = 500;
  private static final int ROWS = 40_000;
  private static final int SLOW_ROWS = 4_000;
  private static final String ROW_BY_ROW = "row by row, one transaction";
  private static final String CHECKED = "row by row after a duplicate check";
  private static final String BARE = "bare multi-VALUES insert";
  private static final String OURS = "crossfade upsert, one thread";
  private static final String OURS_TWICE = "crossfade upsert, two threads";
  private static final String COLUMNS =
      "(id, stamp, route_reason, device_sn, `timestamp`, customer_id, org_id, user_id, heart_rate,"
          + " blood_oxygen, temperature, pressure_high, pressure_low, stress, step, distance, calorie,"
          + " sleep, latitude, longitude, altitude, upload_method)";
  private static final String MARKS = "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

  /** A way to store a batch. */
  private interface Writer {
    void write(List<HealthData> batch) throws SQLException;
  }

  private int second;

  private WriterBenchmark() {}

  static void run() throws Exception {
    new WriterBenchmark().compare();
  }

  private void compare() throws Exception {
    try (TestOutputs outputs = new TestOutputs(PlainLinks.to(TestDatabase.newSchemas()))) {
      DataSource target = outputs.stream();
      Output output = new Output(target);
      Callable<Double> rowByRow = () -> rate(batch -> rowByRow(target, batch), SLOW_ROWS, 1);
      Callable<Double> checked = () -> rate(batch -> checkedRowByRow(target, batch), SLOW_ROWS, 1);
      Callable<Double> bare = () -> rate(batch -> bare(target, batch), ROWS, 1);
      Callable<Double> ours = () -> rate(output::write, ROWS, 1);
      Callable<Double> oursTwice = () -> rate(output::write, ROWS, 2);
      long end = System.nanoTime() + 25_000_000_000L;
      while (System.nanoTime() < end) {
        for (Callable<Double> warmUp : List.of(rowByRow, checked, bare, ours, oursTwice)) {
          warmUp.call();
        }
      }
      new Series("rows/s")
          .with(ROW_BY_ROW, rowByRow)
          .with(CHECKED, checked)
          .with(BARE, bare)
          .with(OURS, ours)
          .with(OURS_TWICE, oursTwice)
          .run(Integer.getInteger("crossfade.bench.rounds", 5))
          .ratio(OURS, ROW_BY_ROW, 7)
          .ratio(OURS, CHECKED, 7)
          .ratio(OURS, BARE, 0.9)
          .ratio(OURS_TWICE, OURS, 1);
    }
  }

  private double rate(Writer writer, int rows, int threads) throws Exception {
    List<List<HealthData>> batches = new ArrayList<>();
    for (int from = 0; from < rows; from += BATCH) {
      batches.add(batch());
    }
    long begin = System.nanoTime();
    try (var pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> writes = new ArrayList<>();
      for (List<HealthData> batch : batches) {
        writes.add(
            pool.submit(
                () -> {
                  writer.write(batch);
                  return null;
                }));
      }
      for (Future<?> write : writes) {
        write.get();
      }
    }
    return rows / ((System.nanoTime() - begin) / 1e9);
  }

  /** As a fleet sends them: every device once, then the next second. */
  private List<HealthData> batch() {
    return BenchRecords.plain(BATCH, second++);
  }

  private static void rowByRow(DataSource target, List<HealthData> batch) throws SQLException {
    try (Connection connection = target.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("INSERT INTO t_user_health_data " + COLUMNS + " VALUES " + MARKS)) {
      for (HealthData row : batch) {
        bind(statement, 1, row);
        statement.executeUpdate();
      }
      connection.commit();
    }
  }

  /** As the old system: it asks whether the record is known, and inserts it when not. */
  private static void checkedRowByRow(DataSource target, List<HealthData> batch)
      throws SQLException {
    try (Connection connection = target.getConnection();
        PreparedStatement check =
            connection.prepareStatement("SELECT 1 FROM t_user_health_data WHERE id = ?");
        PreparedStatement statement =
            connection.prepareStatement(
                "INSERT INTO t_user_health_data " + COLUMNS + " VALUES " + MARKS)) {
      for (HealthData row : batch) {
        check.setBytes(1, row.acceptance().id().bytes());
        try (ResultSet known = check.executeQuery()) {
          if (!known.next()) {
            bind(statement, 1, row);
            statement.executeUpdate();
          }
        }
      }
      connection.commit();
    }
  }

  private static void bare(DataSource target, List<HealthData> batch) throws SQLException {
    String sql =
        "INSERT INTO t_user_health_data "
            + COLUMNS
            + " VALUES "
            + String.join(",", Collections.nCopies(batch.size(), MARKS));
    try (Connection connection = target.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (HealthData row : batch) {
        parameter = bind(statement, parameter, row);
      }
      statement.executeUpdate();
      connection.commit();
    }
  }

  private static int bind(PreparedStatement statement, int first, HealthData row)
      throws SQLException {
    Object[] values = {
      row.acceptance().id().bytes(),
      row.acceptance().stamp(),
      row.acceptance().reason().name(),
      row.deviceSn(),
      row.timestamp(),
      row.owner().customerId(),
      row.owner().orgId(),
      row.owner().userId(),
      row.heartRate(),
      row.bloodOxygen(),
      row.temperature(),
      row.pressureHigh(),
      row.pressureLow(),
      row.stress(),
      row.step(),
      row.distance(),
      row.calorie(),
      row.sleep(),
      row.position().latitude(),
      row.position().longitude(),
      row.position().altitude(),
      row.uploadMethod()
    };
    int parameter = first;
    for (Object value : values) {
      statement.setObject(parameter++, value);
    }
    return parameter;
  }
}
