package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.ControlTransactions;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was repaired, by whom and why, in the control schema. */
final class RepairLog {

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final ControlTransactions transactions;

  RepairLog(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.batches = new JdbcTemplate(control);
    this.transactions = new ControlTransactions(control);
  }

  long begin(Repair.Plan plan, String actor, String reason) {
    DeliveryPath prefer = plan.prefer();
    return transactions.in(
        () -> {
          jdbc.sql(
                  "INSERT INTO repair (comparison_id, actor, reason, prefer, started_at)"
                      + " VALUES (?,?,?,?,CURRENT_TIMESTAMP(3))")
              .params(
                  Arrays.asList(
                      plan.comparisonId(), actor, reason, prefer == null ? null : prefer.name()))
              .update();
          return jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
        });
  }

  void finish(long id, Repair.Done done) {
    transactions.run(
        () ->
            jdbc.sql(
                    "UPDATE repair SET finished_at = CURRENT_TIMESTAMP(3), to_legacy = ?,"
                        + " to_stream = ?, left_alone = ? WHERE id = ?")
                .params(done.toLegacy(), done.toStream(), done.leftAlone(), id)
                .update());
  }

  /** Ids of differences that no repair has touched, in order. */
  List<RecordId> unrepaired(long comparisonId, String table, @Nullable RecordId after, int limit) {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT id FROM difference WHERE comparison_id = ? AND table_name = ?"
                        + " AND id > ? AND repair_id IS NULL ORDER BY id LIMIT ?")
                .params(comparisonId, table, after == null ? new byte[0] : after.bytes(), limit)
                .query((row, number) -> RecordId.of(row.getBytes(1)))
                .list());
  }

  void repaired(long comparisonId, String table, List<RecordId> ids, long repairId) {
    transactions.run(
        () ->
            batches.batchUpdate(
                "UPDATE difference SET repair_id = ?"
                    + " WHERE comparison_id = ? AND table_name = ? AND id = ?",
                ids.stream()
                    .map(id -> new Object[] {repairId, comparisonId, table, id.bytes()})
                    .toList()));
  }
}
