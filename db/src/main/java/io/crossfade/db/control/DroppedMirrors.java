package io.crossfade.db.control;

import io.crossfade.db.Acceptance;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Acceptances of which a path did not get the copy, because the mirror could not deliver it: the
 * explanation of a difference, kept in the control schema.
 */
public final class DroppedMirrors {

  /** Stamp of notes that an earlier release kept: which acceptance they speak of is not known. */
  public static final long ANY = 0;

  private final ControlTransactions transactions;

  public DroppedMirrors(DataSource control) {
    this.transactions = new ControlTransactions(control);
  }

  /**
   * Keeps the copies that a path did not take, all or none.
   *
   * @param path the one that has no copy
   * @param acceptances of the records
   */
  public void keep(DeliveryPath path, Collection<Acceptance> acceptances) throws SQLException {
    ControlIds.keep(
        transactions,
        "INSERT IGNORE INTO dropped_mirror (id, path, stamp) VALUES ",
        acceptances.stream()
            .map(
                acceptance ->
                    List.<Object>of(acceptance.id().bytes(), path.name(), acceptance.stamp()))
            .toList());
  }

  /** How many copies were noted as dropped in {@code [from, to)}. */
  public long count(Instant from, Instant to) throws SQLException {
    return transactions
        .forLongQuestions()
        .on(
            connection -> {
              try (PreparedStatement statement =
                  connection.prepareStatement(
                      "SELECT COUNT(*) FROM dropped_mirror"
                          + " WHERE dropped_at >= ? AND dropped_at < ?")) {
                statement.setObject(1, LocalDateTime.ofInstant(from, ZoneOffset.UTC));
                statement.setObject(2, LocalDateTime.ofInstant(to, ZoneOffset.UTC));
                try (ResultSet row = statement.executeQuery()) {
                  return row.next() ? row.getLong(1) : 0L;
                }
              }
            });
  }

  /** Forgets some of the notes from before a moment; says how many. */
  public int forget(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "dropped_mirror WHERE dropped_at < ?", before, most);
  }

  /**
   * Of which acceptances of these records the path did not take a copy: their stamps, {@link #ANY}
   * where that is not known.
   */
  public Map<RecordId, Set<Long>> among(DeliveryPath path, Collection<RecordId> ids)
      throws SQLException {
    return ControlIds.stamps(
        transactions,
        "SELECT id, stamp FROM dropped_mirror WHERE path = ? AND id",
        path.name(),
        ids);
  }
}
