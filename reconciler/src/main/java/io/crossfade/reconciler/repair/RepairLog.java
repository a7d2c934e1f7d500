package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.ControlTransactions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was repaired, by whom and why, in the control schema. */
final class RepairLog {

  /** Of what a column holds. */
  private static final int LONGEST_SELECTION = 1_000;

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final ControlTransactions transactions;
  private final AuditLog audit;

  RepairLog(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.batches = new JdbcTemplate(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
    this.audit = new AuditLog(control);
  }

  long begin(Repair.Plan plan, long selected, String digest, String actor, String reason) {
    DeliveryPath prefer = plan.prefer();
    return transactions.in(
        () -> {
          jdbc.sql(
                  "INSERT INTO repair (comparison_id, actor, reason, prefer, selection, selected,"
                      + " digest, started_at) VALUES (?,?,?,?,?,?,?,CURRENT_TIMESTAMP(3))")
              .params(
                  Arrays.asList(
                      plan.comparisonId(),
                      actor,
                      reason,
                      prefer == null ? null : prefer.name(),
                      words(plan),
                      selected,
                      digest))
              .update();
          long id = jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
          audit.keep(
              Act.of(actor, Action.REPAIR)
                  .on("run " + plan.comparisonId())
                  .detail("%d rows: %s".formatted(selected, words(plan)))
                  .because(reason)
                  .receipt(String.valueOf(id)));
          return id;
        });
  }

  void finish(long id, Repair.Done done) {
    transactions.run(
        () ->
            jdbc.sql(
                    "UPDATE repair SET finished_at = CURRENT_TIMESTAMP(3), to_legacy = ?,"
                        + " to_stream = ?, left_alone = ?, changed = ? WHERE id = ?")
                .params(done.toLegacy(), done.toStream(), done.leftAlone(), done.changed(), id)
                .update());
  }

  /** Repairs of a run, newest first. */
  List<Repair.Recorded> of(long comparisonId, int limit) {
    return transactions.in(
        () ->
            jdbc.sql("SELECT * FROM repair WHERE comparison_id = ? ORDER BY id DESC LIMIT ?")
                .params(comparisonId, limit)
                .query((row, number) -> recorded(row))
                .list());
  }

  private static Repair.Recorded recorded(ResultSet row) throws SQLException {
    String prefer = row.getString("prefer");
    Timestamp finished = row.getTimestamp("finished_at");
    return new Repair.Recorded(
        row.getLong("id"),
        row.getString("actor"),
        row.getString("reason"),
        row.getTimestamp("started_at").toInstant(),
        finished == null ? null : finished.toInstant(),
        row.getString("selection"),
        row.getObject("selected", Long.class),
        prefer == null ? null : DeliveryPath.valueOf(prefer),
        new Repair.Done(
            row.getLong("to_legacy"),
            row.getLong("to_stream"),
            row.getLong("left_alone"),
            row.getLong("changed")));
  }

  /**
   * Notes that a repair is to act on these rows; others may have been, too, and keep theirs. What
   * was forgotten with its run is left out.
   */
  void selected(long comparisonId, String table, List<RecordId> ids, long repairId) {
    forEach(
        "INSERT IGNORE INTO repair_row (repair_id, comparison_id, table_name, id)"
            + " VALUES (?,?,?,?)",
        comparisonId,
        table,
        ids,
        repairId);
  }

  /** Notes that a repair has touched these rows. */
  void repaired(long comparisonId, String table, List<RecordId> ids, long repairId) {
    forEach(
        "UPDATE difference SET repair_id = ? WHERE comparison_id = ? AND table_name = ? AND id = ?",
        comparisonId,
        table,
        ids,
        repairId);
  }

  private void forEach(
      String sql, long comparisonId, String table, List<RecordId> ids, long repairId) {
    transactions.run(
        () ->
            batches.batchUpdate(
                sql,
                ids.stream()
                    .map(id -> new Object[] {repairId, comparisonId, table, id.bytes()})
                    .toList()));
  }

  private static String words(Repair.Plan plan) {
    String words = plan.selection().toString();
    return words.substring(0, Math.min(words.length(), LONGEST_SELECTION));
  }
}
