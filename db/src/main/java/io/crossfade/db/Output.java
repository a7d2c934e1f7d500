package io.crossfade.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import javax.sql.DataSource;

/**
 * The tables that one path writes. Writing is idempotent and commutes: any order, any repeats and
 * any interleaving of batches leave the same rows.
 */
public final class Output {

  /** A record that the database refuses for what it holds. */
  public record Rejection(AcceptedRecord rejected, String reason) {}

  private final DataSource dataSource;

  public Output(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Stores a batch in one transaction, with a few statements per table.
   *
   * @throws SQLException when nothing of the batch was stored
   */
  public void write(Collection<? extends AcceptedRecord> batch) throws SQLException {
    List<HealthData> health = new ArrayList<>();
    List<Fact> facts = new ArrayList<>();
    List<DeviceInfo> devices = new ArrayList<>();
    List<CommonEvent> events = new ArrayList<>();
    for (AcceptedRecord accepted : batch) {
      switch (accepted) {
        case HealthData data -> {
          health.add(data);
          data.facts().forEach((type, value) -> facts.add(new Fact(data, type, value)));
        }
        case DeviceInfo info -> devices.add(info);
        case CommonEvent event -> events.add(event);
      }
    }
    try (Connection connection = dataSource.getConnection()) {
      try {
        upsert(connection, OutputTables.HEALTH_DATA, health);
        upsert(connection, OutputTables.FACTS, facts);
        upsert(connection, OutputTables.DEVICE_HISTORY, devices);
        upsert(connection, OutputTables.DEVICE_STATE, devices);
        upsert(connection, OutputTables.EVENTS, events);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  /**
   * Stores all of a batch that can be stored: a batch with a bad row is halved until the row stands
   * alone.
   *
   * @return the records that the database refuses for what they hold
   * @throws SQLException when the database is the trouble and not a row; parts may have been
   *     stored, and the whole batch can be written again
   */
  public List<Rejection> writeIsolating(List<? extends AcceptedRecord> batch) throws SQLException {
    try {
      write(batch);
      return List.of();
    } catch (SQLException e) {
      if (!SqlFaults.isRowFault(e)) {
        throw e;
      }
      if (batch.size() == 1) {
        return List.of(new Rejection(batch.getFirst(), SqlFaults.describe(e)));
      }
      List<Rejection> rejections =
          new ArrayList<>(writeIsolating(batch.subList(0, batch.size() / 2)));
      rejections.addAll(writeIsolating(batch.subList(batch.size() / 2, batch.size())));
      return rejections;
    }
  }

  private static <R> void upsert(Connection connection, OutputTable<R> table, List<R> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    // All writers lock rows in the same order, so that they rarely deadlock.
    record Keyed<T>(RecordId id, T row) {}
    List<R> ordered =
        rows.stream()
            .map(row -> new Keyed<>(table.id(row), row))
            .sorted(Comparator.comparing(Keyed::id))
            .map(Keyed::row)
            .toList();
    table.upsert(connection, ordered);
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
