package io.crossfade.reconciler.diff;

import java.sql.SQLException;
import javax.sql.DataSource;

/** Lets a run wait while others need the database more. */
public interface Throttle {

  /** Waits for nothing. */
  Throttle NONE = output -> {};

  /** Returns when a page may be read from this output. */
  void await(DataSource output) throws SQLException, InterruptedException;

  /**
   * The same, saying now and then that somebody waits.
   *
   * @param waiting called at least once, and every second of a longer wait
   */
  default void await(DataSource output, Runnable waiting)
      throws SQLException, InterruptedException {
    waiting.run();
    await(output);
  }
}
