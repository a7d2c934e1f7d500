package io.crossfade.db.control;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Acceptances that a path had no room for, though the other path may have the record: why an output
 * lacks a row until the device has sent it again.
 */
public final class RefusedRecords {

  /** An acceptance that was refused. */
  public record Refused(Kind kind, RecordId id, long stamp) {}

  private static final int PAGE = 10_000;

  private final ControlTransactions transactions;

  public RefusedRecords(DataSource control) {
    this.transactions = new ControlTransactions(control);
  }

  /** Keeps what a path refused, all or none. */
  public void keep(DeliveryPath path, Collection<Refused> refused) throws SQLException {
    ControlIds.keep(
        transactions,
        "INSERT IGNORE INTO refused_record (id, path, stamp, kind) VALUES ",
        refused.stream()
            .map(
                one ->
                    List.<Object>of(one.id().bytes(), path.name(), one.stamp(), one.kind().name()))
            .toList());
  }

  /** Stamps of these records' acceptances that the path refused, and has not taken since. */
  public Map<RecordId, Set<Long>> among(DeliveryPath path, Collection<RecordId> ids)
      throws SQLException {
    return ControlIds.stamps(
        transactions,
        "SELECT id, stamp FROM refused_record WHERE retried_stamp IS NULL AND path = ? AND id",
        path.name(),
        ids);
  }

  /**
   * Notes which refusals are over, since the path took the record later.
   *
   * @param newest of some records, the newest stamps under which the path has taken them
   * @return how many were over
   */
  public int retried(
      Kind kind, DeliveryPath path, Function<Set<RecordId>, Map<RecordId, Long>> newest)
      throws SQLException {
    int over = 0;
    RecordId after = null;
    List<Refused> page;
    do {
      page = open(kind, path, after);
      if (!page.isEmpty()) {
        Map<RecordId, Long> taken =
            newest.apply(page.stream().map(Refused::id).collect(Collectors.toSet()));
        List<Refused> retried =
            page.stream()
                .filter(one -> taken.getOrDefault(one.id(), Long.MIN_VALUE) > one.stamp())
                .toList();
        end(path, retried, taken);
        over += retried.size();
        after = page.getLast().id();
      }
    } while (page.size() >= PAGE);
    return over;
  }

  /** Refusals that nothing ended, in the order of ids; all of the last id. */
  private List<Refused> open(Kind kind, DeliveryPath path, @Nullable RecordId after)
      throws SQLException {
    return transactions
        .forLongQuestions()
        .on(
            connection -> {
              List<Refused> open = new ArrayList<>();
              try (PreparedStatement statement =
                  connection.prepareStatement(
                      "SELECT id, stamp FROM refused_record WHERE kind = ? AND path = ?"
                          + " AND retried_stamp IS NULL AND id > ? ORDER BY id, stamp LIMIT ?")) {
                statement.setString(1, kind.name());
                statement.setString(2, path.name());
                statement.setBytes(3, after == null ? new byte[0] : after.bytes());
                statement.setInt(4, PAGE);
                try (ResultSet row = statement.executeQuery()) {
                  while (row.next()) {
                    open.add(new Refused(kind, RecordId.of(row.getBytes(1)), row.getLong(2)));
                  }
                }
              }
              return open;
            });
  }

  private void end(DeliveryPath path, List<Refused> retried, Map<RecordId, Long> newest)
      throws SQLException {
    if (retried.isEmpty()) {
      return;
    }
    transactions.on(
        connection -> {
          ControlTransactions.each(
              connection,
              "UPDATE refused_record SET retried_stamp = ? WHERE id = ? AND path = ?"
                  + " AND stamp < ? AND retried_stamp IS NULL",
              retried,
              (statement, one) -> {
                long stamp = newest.getOrDefault(one.id(), one.stamp());
                statement.setLong(1, stamp);
                statement.setBytes(2, one.id().bytes());
                statement.setString(3, path.name());
                statement.setLong(4, stamp);
              });
          return retried.size();
        });
  }

  /** Forgets some of the refusals from before a moment; says how many. */
  public int forget(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "refused_record WHERE refused_at < ?", before, most);
  }
}
