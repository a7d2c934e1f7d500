package io.crossfade.reconciler.diff;

import java.sql.SQLException;
import javax.sql.DataSource;

/** Lets a run wait while others need the database more. */
public interface Throttle {

  /** Waits for nothing. */
  Throttle NONE = output -> {};

  /** Returns when a page may be read from this output. */
  void await(DataSource output) throws SQLException, InterruptedException;
}
