package io.crossfade.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The tables that one path writes. Writing is idempotent and commutes: any order, any repeats and
 * any interleaving of batches leave the same rows.
 */
public final class Output {

  /** A record that the database refuses for what it holds. */
  public record Rejection(AcceptedRecord rejected, String reason) {}

  /** How often a suspected record and others are tried in turn. */
  private static final int TURNS = 3;

  /** Enough that each kind of fact and each empty column is among them. */
  private static final int OTHERS = 40;

  private final DataSource dataSource;

  public Output(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Records with their rows as they are sent, table by table, which any output can be given. */
  public static final class Batch {

    private final List<AcceptedRecord> records;
    private final List<TableRows<?>> tables = new ArrayList<>();

    private Batch(Collection<? extends AcceptedRecord> records) {
      this.records = List.copyOf(records);
    }

    /** The records, in the order in which they were given. */
    public List<AcceptedRecord> records() {
      return records;
    }

    private <R> void add(OutputTable<R> table, List<R> rows) {
      // All writers lock rows in the same order, so that they rarely deadlock.
      record Keyed<T>(RecordId id, T row) {}
      List<R> ordered =
          rows.stream()
              .map(row -> new Keyed<>(table.id(row), row))
              .sorted(Comparator.comparing(Keyed::id))
              .map(Keyed::row)
              .toList();
      tables.add(new TableRows<>(table, table.encode(ordered)));
    }
  }

  /** Rows by table; writers take tables in one order, too. */
  private static final class Collected implements KindDefinition.Rows {

    private final Map<OutputTable<?>, List<?>> rows = new HashMap<>();

    @Override
    @SuppressWarnings("unchecked") // a list is only ever found under the table of its rows
    public <R> void add(OutputTable<R> table, R row) {
      ((List<R>) rows.computeIfAbsent(table, first -> new ArrayList<R>())).add(row);
    }

    private <R> void into(Batch batch, OutputTable<R> table) {
      @SuppressWarnings("unchecked") // see add
      List<R> of = (List<R>) rows.get(table);
      if (of != null) {
        batch.add(table, of);
      }
    }
  }

  private record TableRows<R>(OutputTable<R> table, EncodedRows<R> rows) {}

  /**
   * Does all of writing that needs no database, so that another thread can do it while the batch
   * before is written.
   */
  public static Batch prepare(Collection<? extends AcceptedRecord> records) {
    Collected rows = new Collected();
    for (AcceptedRecord accepted : records) {
      accepted.kind().definition().rows(accepted, rows);
    }
    Batch batch = new Batch(records);
    for (KindDefinition definition : Kinds.all()) {
      definition.tables().forEach(table -> rows.into(batch, table));
    }
    return batch;
  }

  /**
   * Stores a batch in one transaction, with a few statements per table.
   *
   * @throws SQLException when it is not known to be stored: nothing was, or all and the answer to
   *     the commit was lost
   */
  public void write(Collection<? extends AcceptedRecord> records) throws SQLException {
    write(prepare(records));
  }

  private void write(Batch batch) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      try {
        for (TableRows<?> table : batch.tables) {
          table.table().upsert(connection, table.rows());
        }
        commit(connection);
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  /** All rows were taken: what is wrong now is wrong with the database. */
  private static void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw SqlFaults.isDatabaseFault(e)
          ? e
          : new SQLTransientException(
              "Cannot commit: " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
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
  public List<Rejection> writeIsolating(Batch batch) throws SQLException {
    return isolating(batch.records, () -> batch, /* suspecting= */ false);
  }

  /**
   * As {@link #writeIsolating(Batch)}, where errors that may be a record's or the database's have
   * come for a while. A record is refused when it fails alone, in the same way, several times in
   * turn with others that are taken: rows of all columns and tables of its kind, which are written
   * and taken back.
   */
  List<Rejection> writeSuspecting(List<? extends AcceptedRecord> records) throws SQLException {
    return isolating(records, () -> prepare(records), /* suspecting= */ true);
  }

  private List<Rejection> isolating(
      List<? extends AcceptedRecord> records, Supplier<Batch> prepared, boolean suspecting)
      throws SQLException {
    try {
      write(prepared.get());
      return List.of();
    } catch (SQLException | RuntimeException e) {
      if (suspecting ? SqlFaults.isDatabaseFault(e) : !SqlFaults.isRowFault(e)) {
        throw e;
      }
      if (records.size() == 1) {
        AcceptedRecord record = records.getFirst();
        return SqlFaults.isRowFault(e)
            ? List.of(new Rejection(record, SqlFaults.describe(e)))
            : accuse(record, e).stream().toList();
      }
      int half = records.size() / 2;
      List<Rejection> rejections = new ArrayList<>();
      for (var part : List.of(records.subList(0, half), records.subList(half, records.size()))) {
        rejections.addAll(isolating(part, () -> prepare(part), suspecting));
      }
      return rejections;
    }
  }

  private Optional<Rejection> accuse(AcceptedRecord record, Exception first) throws SQLException {
    for (int turn = 0; turn < TURNS; turn++) {
      tryOthers(record.kind());
      try {
        write(prepare(List.of(record)));
        return Optional.empty();
      } catch (SQLException | RuntimeException again) {
        if (!SqlFaults.areAlike(first, again) || SqlFaults.isDatabaseFault(again)) {
          throw again;
        }
      }
    }
    return Optional.of(
        new Rejection(record, "Refused while others are taken: " + SqlFaults.describe(first)));
  }

  /** Writes rows that nobody sees and takes them back; the database is the trouble if it throws. */
  private void tryOthers(Kind kind) throws SQLException {
    SampleRecords samples = new SampleRecords(OTHERS, 1);
    String device = "crossfade-" + UUID.randomUUID();
    List<AcceptedRecord> others = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      LocalDateTime time = LocalDateTime.of(2000, 1, 1, 0, 0).plusDays(i);
      others.add(kind.definition().sample(samples, device, time));
    }
    try (Connection connection = dataSource.getConnection()) {
      try {
        for (TableRows<?> table : prepare(others).tables) {
          table.table().upsert(connection, table.rows());
        }
      } finally {
        connection.rollback();
      }
    }
  }

  /** As {@link #writeIsolating(Batch)}, of records that are not prepared. */
  public List<Rejection> writeIsolating(Collection<? extends AcceptedRecord> records)
      throws SQLException {
    return writeIsolating(prepare(records));
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
