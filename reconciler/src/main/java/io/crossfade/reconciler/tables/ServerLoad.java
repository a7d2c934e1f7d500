package io.crossfade.reconciler.tables;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How much a server has to do, over a connection of its own. */
final class ServerLoad implements AutoCloseable {

  private static final int ACCESS_DENIED = 1227;

  /** A channel of a replica, and how many seconds it is behind; empty when it stands still. */
  record Channel(OptionalLong seconds) {}

  private final Endpoint endpoint;
  private final Connection connection;
  private final String question;

  ServerLoad(Endpoint endpoint) throws SQLException {
    this.endpoint = endpoint;
    this.connection = endpoint.connect();
    this.question = question(connection);
  }

  /** MySQL 5.7 knows the old words only, MySQL 8.4 the new ones. */
  private static String question(Connection connection) throws SQLException {
    if (Endpoint.isMariaDb(connection)) {
      return "SHOW ALL SLAVES STATUS";
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SHOW REPLICA STATUS").close();
    } catch (SQLSyntaxErrorException e) {
      return "SHOW SLAVE STATUS";
    } catch (SQLException e) {
      if (e.getErrorCode() != ACCESS_DENIED) {
        throw e;
      }
    }
    return "SHOW REPLICA STATUS";
  }

  /** Its channels as a replica; none when it is none. */
  List<Channel> channels() throws SQLException {
    List<Channel> channels = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      while (row.next()) {
        long seconds = row.getLong(delayColumn(row));
        channels.add(new Channel(row.wasNull() ? OptionalLong.empty() : OptionalLong.of(seconds)));
      }
    } catch (SQLException e) {
      if (e.getErrorCode() == ACCESS_DENIED) {
        throw new SQLException(
            ("%s does not let this user ask how far it is behind, which --max-replica-delay needs:"
                    + " grant REPLICA MONITOR in MariaDB, REPLICATION CLIENT in MySQL, or leave"
                    + " the option out")
                .formatted(endpoint.place()),
            e);
      }
      throw e;
    }
    return channels;
  }

  private static int delayColumn(ResultSet row) throws SQLException {
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      String name = row.getMetaData().getColumnName(i);
      if (name.equalsIgnoreCase("Seconds_Behind_Source")
          || name.equalsIgnoreCase("Seconds_Behind_Master")) {
        return i;
      }
    }
    throw new SQLException("No Seconds_Behind_Source in the status of a replica");
  }

  /** Why a run should wait for this server; empty when it need not. */
  Optional<String> reason(LoadBounds bounds) throws SQLException {
    Integer most = bounds.threadsRunning();
    if (most != null) {
      int running = threadsRunning();
      if (running > most) {
        return Optional.of(
            "%s has %d threads running, more than %d".formatted(endpoint.place(), running, most));
      }
    }
    if (bounds.replicaDelay() != null) {
      for (Channel channel : channels()) {
        if (channel.seconds().isEmpty()) {
          return Optional.of("the replica " + endpoint.place() + " stands still");
        }
        long behind = channel.seconds().getAsLong();
        if (behind > bounds.replicaDelay().toSeconds()) {
          return Optional.of(
              "the replica %s is %d s behind, more than %d"
                  .formatted(endpoint.place(), behind, bounds.replicaDelay().toSeconds()));
        }
      }
    }
    return Optional.empty();
  }

  private int threadsRunning() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Threads_running'")) {
      return row.next() ? row.getInt(2) : 0;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
