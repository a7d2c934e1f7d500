package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.TableRepair.Step;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the rows of one side those of the other, where runs that are over have found them to
 * differ. A row that has changed meanwhile is left alone, and so is one that its server refuses.
 */
public final class TableRepairs {

  private final List<TableDiff> diffs;
  private final Side target;
  private final boolean deletes;
  private final Endpoint endpoint;

  /**
   * @param diffs of one or more tables of the same two schemas, each run to its end
   * @param deletes whether rows are deleted that only the target has
   */
  public TableRepairs(List<TableDiff> diffs, Side target, boolean deletes) {
    this.diffs = List.copyOf(diffs);
    this.target = target;
    this.deletes = deletes;
    this.endpoint = diffs.getFirst().endpoint(target);
  }

  /** Writes nothing but statements that would do it. */
  public void print(PrintWriter out) throws SQLException, IOException, InterruptedException {
    out.printf(
        "-- Makes %s what %s is, where they differed. Each statement leaves a row alone%n-- that"
            + " has changed since; mysql --force goes on after one that the server refuses.%n",
        endpoint.place(), diffs.getFirst().endpoint(target.other()).place());
    out.println("SET NAMES utf8mb4;");
    out.println("SET SESSION time_zone = '+00:00', foreign_key_checks = 1, unique_checks = 1;");
    out.println(TargetWriter.STRICT + ";");
    try (Connection connection = endpoint.connect()) {
      eachStep(connection, printing(out), false);
    }
    out.flush();
  }

  private static RepairSink printing(PrintWriter out) {
    return statements -> {
      for (SqlText statement : statements) {
        if (statement.isLenient()) {
          out.println(TargetWriter.LENIENT + ";");
        }
        statement.print(out);
        out.println(";");
        if (statement.isLenient()) {
          out.println(TargetWriter.STRICT + ";");
        }
      }
      return Collections.nCopies(statements.size(), Optional.empty());
    };
  }

  /**
   * Does it, and looks at all these rows once more.
   *
   * @return what came of each, in the order of the runs
   * @throws SQLException when the target cannot be written at all
   */
  public List<RepairOutcome> apply() throws SQLException, IOException, InterruptedException {
    try (Connection connection = endpoint.connect();
        TargetWriter writer = new TargetWriter(connection)) {
      return eachStep(connection, writer, true);
    }
  }

  private List<RepairOutcome> eachStep(Connection connection, RepairSink sink, boolean verified)
      throws SQLException, IOException, InterruptedException {
    ForeignKeys references = ForeignKeys.of(connection, endpoint.schema());
    boolean mariaDb = Endpoint.isMariaDb(connection);
    Map<TableDiff, TableRepair> repairs = new LinkedHashMap<>();
    try {
      for (TableDiff diff : diffs) {
        repairs.put(diff, new TableRepair(diff, target, deletes, references, mariaDb));
      }
      List<TableRepair> ordered = new ArrayList<>();
      List<String> tables = repairs.values().stream().map(TableRepair::table).distinct().toList();
      for (String table : references.parentsFirst(tables)) {
        repairs.values().stream().filter(one -> one.table().equals(table)).forEach(ordered::add);
      }
      inRounds(ordered, sink);
      List<RepairOutcome> outcomes = new ArrayList<>();
      for (TableDiff diff : diffs) {
        TableRepair repair = repairs.get(diff);
        if (repair != null) {
          outcomes.add(verified ? repair.verify() : repair.outcome(0, 0));
        }
      }
      return outcomes;
    } finally {
      for (TableRepair one : repairs.values()) {
        one.close();
      }
    }
  }

  /** What is refused may only wait for another row: again, while that helps. */
  private static void inRounds(List<TableRepair> ordered, RepairSink sink)
      throws SQLException, IOException, InterruptedException {
    long before = Long.MAX_VALUE;
    for (int round = 0; ; round++) {
      long refused = 0;
      for (TableRepair one : ordered.reversed()) {
        refused += one.round(Step.DELETE, round, sink);
      }
      for (TableRepair one : ordered) {
        refused += one.round(Step.WRITE, round, sink);
      }
      if (refused == 0 || refused >= before) {
        return;
      }
      before = refused;
    }
  }
}
