package io.crossfade.reconciler.accounting;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.OldRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * What became of all accepted records, per minute, instance, kind and path, in the control schema.
 */
public final class AccountBook {

  /** What counts are kept of. */
  record Account(Instant minute, String instance, Kind kind, DeliveryPath path) {}

  /** Counts being made. */
  static final class Counts {
    long accepted;
    long written;
    long repeated;
    long deadLetters;
    long lost;
    long lostOnBoth;
  }

  /**
   * Counts of a kind and path. {@code accepted} is the sum of the next four.
   *
   * @param repeated acceptances of records that were accepted at another time, too
   * @param lost accepted by the path, and nowhere in its output
   * @param lostOnBoth of those, how many are in the other output neither
   */
  public record Balance(
      Kind kind,
      DeliveryPath path,
      long accepted,
      long written,
      long repeated,
      long deadLetters,
      long lost,
      long lostOnBoth) {}

  private final ControlTransactions transactions;

  public AccountBook(DataSource control) {
    this.transactions = new ControlTransactions(control).forLongQuestions();
  }

  /** Whether a segment's counts are in the book. */
  boolean has(String segment) throws SQLException {
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("SELECT 1 FROM accounted_segment WHERE segment = ?")) {
            statement.setString(1, segment);
            try (ResultSet result = statement.executeQuery()) {
              return result.next();
            }
          }
        });
  }

  /** Enters a segment's counts, all or none. */
  void enter(String segment, Accountant.Result result) throws SQLException {
    transactions.on(
        connection -> {
          add(connection, result.counts());
          LostRecords.keep(connection, result.lost());
          try (PreparedStatement statement =
              connection.prepareStatement("INSERT INTO accounted_segment (segment) VALUES (?)")) {
            statement.setString(1, segment);
            return statement.executeUpdate();
          }
        });
  }

  /** Balances of the minutes that begin in {@code [from, to)}, over all instances. */
  public List<Balance> balances(Instant from, Instant to) throws SQLException {
    return transactions.on(connection -> balances(connection, from, to));
  }

  private static List<Balance> balances(Connection connection, Instant from, Instant to)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT kind, path, SUM(accepted), SUM(written), SUM(repeated), SUM(dead_letters),"
                + " SUM(lost), SUM(lost_on_both) FROM accounting"
                + " WHERE minute_at >= ? AND minute_at < ? GROUP BY kind, path")) {
      statement.setObject(1, LocalDateTime.ofInstant(from, ZoneOffset.UTC));
      statement.setObject(2, LocalDateTime.ofInstant(to, ZoneOffset.UTC));
      List<Balance> balances = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Kind kind = Kind.ofName(row.getString(1)).orElse(null);
          if (kind == null) {
            // Routers with other kinds keep the same book.
            continue;
          }
          balances.add(
              new Balance(
                  kind,
                  DeliveryPath.valueOf(row.getString(2)),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8)));
        }
      }
      return balances;
    }
  }

  /** Forgets some of the counts of minutes before a moment; says how many. */
  public int forgetAccounts(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "accounting WHERE minute_at < ?", before, most);
  }

  /** Forgets some of the segments that were accounted for before a moment; says how many. */
  public int forgetSegments(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "accounted_segment WHERE accounted_at < ?", before, most);
  }

  private static void add(Connection connection, Map<Account, Counts> counts) throws SQLException {
    ControlTransactions.each(
        connection,
        "INSERT INTO accounting (minute_at, instance, kind, path, accepted, written, repeated,"
            + " dead_letters, lost, lost_on_both) VALUES (?,?,?,?,?,?,?,?,?,?)"
            + " ON DUPLICATE KEY UPDATE accepted = accepted + VALUES(accepted),"
            + " written = written + VALUES(written), repeated = repeated + VALUES(repeated),"
            + " dead_letters = dead_letters + VALUES(dead_letters),"
            + " lost = lost + VALUES(lost),"
            + " lost_on_both = lost_on_both + VALUES(lost_on_both)",
        counts.entrySet(),
        (statement, entry) -> {
          Account account = entry.getKey();
          Counts of = entry.getValue();
          statement.setObject(1, LocalDateTime.ofInstant(account.minute(), ZoneOffset.UTC));
          statement.setString(2, account.instance());
          statement.setString(3, account.kind().name());
          statement.setString(4, account.path().name());
          statement.setLong(5, of.accepted);
          statement.setLong(6, of.written);
          statement.setLong(7, of.repeated);
          statement.setLong(8, of.deadLetters);
          statement.setLong(9, of.lost);
          statement.setLong(10, of.lostOnBoth);
        });
  }
}
