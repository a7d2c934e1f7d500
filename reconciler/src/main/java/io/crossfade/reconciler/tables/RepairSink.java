package io.crossfade.reconciler.tables;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Takes statements: prints or runs them. */
interface RepairSink {

  /**
   * Takes some.
   *
   * @return for each, in their order, why its row was not written; empty when it was
   */
  List<Optional<String>> take(List<SqlText> statements) throws SQLException;
}
