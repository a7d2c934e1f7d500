package io.crossfade.db.control;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.InstanceName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Leases node numbers, of which no two routers have the same at once, so that they never make the
 * same stamp. Numbers go round; one whose router has fallen silent is left out for as long as it
 * had been renewed before, and for a week at most: a router that cannot reach the database goes on
 * with the number that it had, and one that crashes at each start does not use them up.
 */
public final class AcceptanceNodes {

  static final int NODES = 1 << AcceptanceStamp.NODE_BITS;

  private static final Duration SHORTEST = Duration.ofMinutes(10);
  private static final Duration LONGEST = Duration.ofDays(7);

  private static final String COLUMNS =
      "id, started_at, COALESCE(renewed_at, started_at) AS renewed_at";

  private final ControlTransactions transactions;

  /**
   * A number that is a router's alone.
   *
   * @param id in the table; modulo 1,024 it is the number
   * @param startedAt since when this router has had one, by the database's clock, as below; from
   *     one start to the next of a router whose disk remembers
   * @param renewedAt when it was last renewed
   */
  public record Lease(long id, Instant startedAt, Instant renewedAt) {

    /** 0 to 1,023. */
    public int node() {
      return (int) (id & (NODES - 1));
    }

    /** Until when no other router is given the number, though it is not renewed. */
    public Instant until() {
      Duration renewed = Duration.between(startedAt, renewedAt);
      if (renewed.compareTo(SHORTEST) < 0) {
        return renewedAt.plus(SHORTEST);
      }
      return renewedAt.plus(renewed.compareTo(LONGEST) > 0 ? LONGEST : renewed);
    }
  }

  public AcceptanceNodes(DataSource dataSource) {
    this.transactions = new ControlTransactions(dataSource);
  }

  /**
   * Takes the next number that nobody has. Not the one before: a clock that was put back between
   * two starts must not make a stamp twice.
   *
   * @param instance name of the router, for people who read the table
   * @param before what the router had when it ran last, which ends; {@code null} when it does not
   *     know
   * @throws SQLException when the database cannot be asked, or all numbers are leased
   */
  public Lease take(InstanceName instance, @Nullable Lease before) throws SQLException {
    return transactions.on(connection -> take(connection, instance, before));
  }

  private static Lease take(Connection connection, InstanceName instance, @Nullable Lease before)
      throws SQLException {
    Instant now = alone(connection);
    long last = 0;
    Set<Integer> leased = new HashSet<>();
    try (PreparedStatement all =
            connection.prepareStatement("SELECT " + COLUMNS + " FROM acceptance_node");
        ResultSet rows = all.executeQuery()) {
      while (rows.next()) {
        Lease lease = lease(rows);
        last = Math.max(last, lease.id());
        if (lease.until().isAfter(now)) {
          leased.add(lease.node());
        }
      }
    }
    Instant since = before != null && end(connection, before, now) ? before.startedAt() : now;
    Lease next = new Lease(last + 1, since, now);
    while (leased.contains(next.node())) {
      if (next.id() == last + NODES) {
        throw new SQLTransientException("All %d node numbers are leased".formatted(NODES));
      }
      next = new Lease(next.id() + 1, since, now);
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO acceptance_node (id, instance, started_at, renewed_at)"
                + " VALUES (?, ?, ?, ?)")) {
      insert.setLong(1, next.id());
      insert.setString(2, instance.text());
      insert.setTimestamp(3, Timestamp.from(next.startedAt()));
      insert.setTimestamp(4, Timestamp.from(next.renewedAt()));
      insert.executeUpdate();
    }
    return next;
  }

  /** Ends a lease; says whether it had not run out. */
  private static boolean end(Connection connection, Lease lease, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE acceptance_node SET renewed_at = started_at WHERE id = ? AND started_at = ?")) {
      update.setLong(1, lease.id());
      update.setTimestamp(2, Timestamp.from(lease.startedAt()));
      return update.executeUpdate() == 1 && lease.until().isAfter(now);
    }
  }

  /**
   * Renews the lease of a router that runs, also one that has run out, as long as nobody else was
   * given its number since.
   *
   * @return the lease as it is then; empty when the number is somebody else's, or was never leased
   */
  public Optional<Lease> renew(long id) throws SQLException {
    return transactions.on(connection -> renew(connection, id));
  }

  private static Optional<Lease> renew(Connection connection, long id) throws SQLException {
    alone(connection);
    boolean own;
    try (PreparedStatement newest =
        connection.prepareStatement("SELECT MAX(id) FROM acceptance_node WHERE MOD(id, ?) = ?")) {
      newest.setInt(1, NODES);
      newest.setLong(2, id % NODES);
      try (ResultSet row = newest.executeQuery()) {
        row.next();
        own = row.getLong(1) == id;
      }
    }
    return own ? touch(connection, id) : Optional.empty();
  }

  /** When the first router of this system ever started; empty before that. */
  public Optional<Instant> firstStart() throws SQLException {
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement("SELECT MIN(started_at) FROM acceptance_node");
              ResultSet row = statement.executeQuery()) {
            row.next();
            return Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant);
          }
        });
  }

  private static Optional<Lease> touch(Connection connection, long id) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE acceptance_node SET renewed_at = CURRENT_TIMESTAMP(3) WHERE id = ?");
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM acceptance_node WHERE id = ?")) {
      update.setLong(1, id);
      update.executeUpdate();
      select.setLong(1, id);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(lease(row)) : Optional.empty();
      }
    }
  }

  /** Nobody else takes or renews from here to the end of the transaction; says what time it is. */
  private static Instant alone(Connection connection) throws SQLException {
    try (Statement lock = connection.createStatement();
        ResultSet row =
            lock.executeQuery("SELECT id, CURRENT_TIMESTAMP(3) FROM system_identity FOR UPDATE")) {
      if (!row.next()) {
        throw new SQLException("The table system_identity of the control schema is empty");
      }
      return row.getTimestamp(2).toInstant();
    }
  }

  private static Lease lease(ResultSet row) throws SQLException {
    return new Lease(
        row.getLong("id"),
        row.getTimestamp("started_at").toInstant(),
        row.getTimestamp("renewed_at").toInstant());
  }
}
