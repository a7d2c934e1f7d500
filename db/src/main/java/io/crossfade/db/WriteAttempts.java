package io.crossfade.db;

import io.crossfade.db.Output.Batch;
import io.crossfade.db.Output.Rejection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;

/**
 * The attempts to write one batch. An error that names neither a value nor the database, such as
 * that of a trigger, is tried again as if it were the database's; after some in a row its record is
 * looked for.
 */
public final class WriteAttempts {

  /** Three seconds, with the pauses of {@link RetryPause}. */
  static final int BEFORE_SUSPICION = 5;

  private int unclear;

  /**
   * Writes a batch, or what of it can be written.
   *
   * @return the records that the database refuses
   * @throws SQLException when the database is the trouble, or may be: the whole batch can be
   *     written again
   */
  public List<Rejection> write(Output output, Batch batch) throws SQLException {
    return write(output, batch.records(), () -> batch);
  }

  /** The same of records that are not prepared. */
  public List<Rejection> write(Output output, List<AcceptedRecord> records) throws SQLException {
    return write(output, records, () -> Output.prepare(records));
  }

  private List<Rejection> write(
      Output output, List<AcceptedRecord> records, Supplier<Batch> prepared) throws SQLException {
    try {
      return unclear < BEFORE_SUSPICION
          ? output.writeIsolating(prepared.get())
          : output.writeSuspecting(records);
    } catch (SQLException | RuntimeException e) {
      unclear = SqlFaults.isDatabaseFault(e) ? 0 : unclear + 1;
      throw e;
    }
  }
}
