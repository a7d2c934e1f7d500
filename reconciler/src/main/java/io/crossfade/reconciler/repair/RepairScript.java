package io.crossfade.reconciler.repair;

import io.crossfade.db.Visible;
import java.io.IOException;
import java.io.Writer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a repair would run, as a file for people: health data. */
public final class RepairScript {

  /** Statements of a file, which is held in memory; the command line prints all. */
  public static final int MOST = 10_000;

  private static final long MOST_CHARACTERS = 16_000_000;

  private RepairScript() {}

  /**
   * Writes the statements, one a line, after comments that say of what they are and whether they
   * are all.
   *
   * @param most statements that it has
   * @throws IllegalArgumentException as {@link Repair#dryRun} does; nothing is written then
   */
  public static void write(Repair repair, Repair.Plan plan, int most, Writer out)
      throws SQLException, IOException {
    List<String> statements = new ArrayList<>();
    long[] characters = new long[1];
    Repair.Preview would =
        repair.dryRun(
            plan,
            change -> {
              characters[0] += change.statement().length();
              if (statements.size() < most && characters[0] <= MOST_CHARACTERS) {
                statements.add(change.statement());
              }
            });
    Repair.Done done = would.done();
    long all = done.toLegacy() + done.toStream();
    // What a device is called must not end the comment.
    out.write(
        "-- What a repair of run %d would do to: %s\n"
            .formatted(plan.comparisonId(), Visible.of(plan.selection().toString())));
    out.write("-- Preview %s of %,d rows\n".formatted(would.digest(), would.selected()));
    out.write(
        all == statements.size()
            ? "-- All %,d statements\n".formatted(all)
            : "-- CUT: the first %,d of %,d statements; 'repair --dry-run' of the command line prints all\n"
                .formatted(statements.size(), all));
    out.write("SET NAMES utf8mb4;\n");
    for (String statement : statements) {
      out.write(statement);
      out.write('\n');
    }
    out.flush();
  }
}
