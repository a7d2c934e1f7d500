package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows that differed in some run and were seen to agree after a repair. Every run that had found
 * them counts them as repaired, so that what gates sum up is how the outputs stand now; what a run
 * said when it ended stays as it was said.
 */
final class RepairedRows {

  /** Rows that a run found, of one table and alike in what figures count. */
  private record Found(
      String table,
      DifferenceClass kind,
      boolean explained,
      boolean urgent,
      boolean agrees,
      long rows) {}

  /** Figures of one kind. */
  private static final class Counts {
    private long differing;
    private long missingInStream;
    private long missingInLegacy;
    private long repeated;
    private long explained;
    private long urgentMissing;
    private long urgentExplained;
    private long repaired;
  }

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  RepairedRows(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.batches = new JdbcTemplate(control);
  }

  /** Notes in the caller's transaction, for all runs, that these rows agree now. */
  void agree(String table, Collection<RecordId> ids) {
    batches.batchUpdate(
        "UPDATE difference SET agreed_at = CURRENT_TIMESTAMP(3)"
            + " WHERE table_name = ? AND id = ? AND agreed_at IS NULL AND looks = 2",
        ids.stream().map(id -> new Object[] {table, id.bytes()}).toList());
  }

  /** Counts again, in the caller's transaction, what runs found that share rows with this one. */
  void recount(long run) {
    jdbc.sql(
            "SELECT DISTINCT o.comparison_id FROM difference n JOIN difference o"
                + " ON o.table_name = n.table_name AND o.id = n.id"
                + " WHERE n.comparison_id = ? AND o.agreed_at IS NOT NULL")
        .param(run)
        .query(Long.class)
        .list()
        .forEach(this::recountOne);
  }

  private void recountOne(long run) {
    Map<Kind, Counts> counts = new TreeMap<>();
    for (Found found : found(run)) {
      OutputTables.findKind(found.table())
          .ifPresent(kind -> add(counts.computeIfAbsent(kind, k -> new Counts()), found));
    }
    counts.forEach(
        (kind, of) ->
            jdbc.sql(
                    "UPDATE comparison_kind SET differing = ?, missing_in_stream = ?,"
                        + " missing_in_legacy = ?, repeated = ?, explained = ?,"
                        + " urgent_missing = ?, urgent_explained = ?, repaired = ?"
                        + " WHERE comparison_id = ? AND kind = ?")
                .params(
                    of.differing,
                    of.missingInStream,
                    of.missingInLegacy,
                    of.repeated,
                    of.explained,
                    of.urgentMissing,
                    of.urgentExplained,
                    of.repaired,
                    run,
                    kind.name())
                .update());
  }

  private List<Found> found(long run) {
    return jdbc.sql(
            "SELECT table_name, class, explanation IS NOT NULL, urgent, agreed_at IS NOT NULL,"
                + " COUNT(*) FROM difference WHERE comparison_id = ?"
                + " GROUP BY table_name, class, explanation IS NOT NULL, urgent,"
                + " agreed_at IS NOT NULL")
        .param(run)
        .query(
            (row, number) ->
                new Found(
                    row.getString(1),
                    DifferenceClass.valueOf(row.getString(2)),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getLong(6)))
        .list();
  }

  private static void add(Counts counts, Found found) {
    long rows = found.rows();
    if (found.agrees()) {
      counts.repaired += rows;
      return;
    }
    switch (found.kind()) {
      case FIELDS_DIFFER, UNREADABLE -> counts.differing += rows;
      case MISSING_IN_STREAM -> counts.missingInStream += rows;
      case MISSING_IN_LEGACY -> counts.missingInLegacy += rows;
      case REPEATED -> counts.repeated += rows;
    }
    boolean urgent = found.urgent() && TableResults.lacksOne(found.kind());
    if (found.explained()) {
      counts.explained += rows;
      counts.urgentExplained += urgent ? rows : 0;
    } else {
      counts.urgentMissing += urgent ? rows : 0;
    }
  }
}
