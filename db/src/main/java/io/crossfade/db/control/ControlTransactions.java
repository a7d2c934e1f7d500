package io.crossfade.db.control;

import static java.util.Objects.requireNonNull;

import io.crossfade.db.LongQuestions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one way in which the control schema is read and written: in a transaction, which is made
 * again when it lost a deadlock. So what is done in one must do no harm when it is done twice, but
 * to the database. Inside a transaction of the same thread it is a part of that one.
 */
public final class ControlTransactions {

  private static final Logger log = LoggerFactory.getLogger(ControlTransactions.class);

  /** MySQL and MariaDB: the whole transaction was rolled back for another one's sake. */
  private static final int DEADLOCK = 1213;

  /**
   * Rows of a batch. The driver makes one statement of it, which takes some 3 KB of memory a row:
   * the names of all that was lost with a flushed Redis, in one batch, took a router's whole heap.
   */
  private static final int ROWS_AT_ONCE = 500;

  private static final int ATTEMPTS = 6;
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** The database had everything and did not answer the commit: it may have happened. */
  public static final class UnknownOutcomeException extends TransactionException {
    private static final long serialVersionUID = 1;

    UnknownOutcomeException(RuntimeException cause) {
      super("The database did not answer the commit", cause);
    }
  }

  /** What is done on a connection, which it must neither commit nor close. */
  public interface SqlWork<T> {
    T on(Connection connection) throws SQLException;
  }

  /** Sets the parameters of a statement for one item. */
  public interface Binder<T> {
    void bind(PreparedStatement statement, T item) throws SQLException;
  }

  /** Brings an {@link SQLException} through a transaction. */
  private static final class Carried extends DataAccessException {
    private static final long serialVersionUID = 1;
    private final SQLException fault;

    Carried(SQLException fault) {
      super(String.valueOf(fault.getMessage()), fault);
      this.fault = fault;
    }
  }

  private final DataSource control;
  private final TransactionTemplate template;
  private final boolean forLongQuestions;

  /**
   * @param control the control schema's pool
   */
  public ControlTransactions(DataSource control) {
    this(control, /* forLongQuestions= */ false);
  }

  private ControlTransactions(DataSource control, boolean forLongQuestions) {
    this.control = control;
    this.template = new TransactionTemplate(new JdbcTransactionManager(control));
    this.forLongQuestions = forLongQuestions;
  }

  /** The same for {@link LongQuestions}. */
  public ControlTransactions forLongQuestions() {
    return new ControlTransactions(control, /* forLongQuestions= */ true);
  }

  /**
   * Does something in a transaction, all or nothing.
   *
   * @throws UnknownOutcomeException when all was done and only the commit failed
   * @throws DataAccessException when the database cannot do it
   * @throws TransactionException when it cannot be asked
   */
  public <T> T in(Supplier<T> work) {
    if (TransactionSynchronizationManager.hasResource(control)) {
      allowLongQuestions();
      return work.get();
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return once(work);
      } catch (DataAccessException | TransactionException e) {
        if (attempt == ATTEMPTS || !isDeadlock(e)) {
          throw e;
        }
        log.debug("Deadlock in the control schema, attempt {}", attempt, e);
        // Two that meet again at once would meet again.
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
      }
    }
  }

  /** The same without a result. */
  public void run(Runnable work) {
    in(
        () -> {
          work.run();
          return true;
        });
  }

  /**
   * The same on a connection.
   *
   * @throws SQLException as the driver threw it, also when it was the commit that failed
   */
  public <T> T on(SqlWork<T> work) throws SQLException {
    try {
      return in(
          () -> {
            Connection connection = DataSourceUtils.getConnection(control);
            try {
              return work.on(connection);
            } catch (SQLException e) {
              throw new Carried(e);
            } finally {
              DataSourceUtils.releaseConnection(connection, control);
            }
          });
    } catch (Carried e) {
      throw e.fault;
    } catch (DataAccessException | TransactionException e) {
      SQLException fault = fault(e);
      if (fault == null) {
        throw e;
      }
      throw fault;
    }
  }

  /**
   * Runs a statement for each item, on a connection that {@link #on} gave, however many there are.
   */
  public static <T> void each(
      Connection connection, String sql, Collection<T> items, Binder<T> binder)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int waiting = 0;
      for (T item : items) {
        binder.bind(statement, item);
        statement.addBatch();
        if (++waiting == ROWS_AT_ONCE) {
          statement.executeBatch();
          waiting = 0;
        }
      }
      if (waiting > 0) {
        statement.executeBatch();
      }
    }
  }

  private <T> T once(Supplier<T> work) {
    boolean[] done = {false};
    try {
      return requireNonNull(
          template.execute(
              status -> {
                allowLongQuestions();
                T result = work.get();
                done[0] = true;
                return result;
              }));
    } catch (DataAccessException | TransactionException e) {
      // The server said that it rolled back.
      if (done[0] && !isDeadlock(e)) {
        throw new UnknownOutcomeException(e);
      }
      // A connection that broke cannot be rolled back either: what broke it says more.
      if (e instanceof TransactionSystemException after
          && after.getApplicationException() instanceof RuntimeException first) {
        throw first;
      }
      throw e;
    }
  }

  /** On the transaction's connection, until it is given back. */
  private void allowLongQuestions() {
    if (!forLongQuestions) {
      return;
    }
    Connection connection = DataSourceUtils.getConnection(control);
    try {
      LongQuestions.allow(connection);
    } catch (SQLException e) {
      throw new Carried(e);
    } finally {
      DataSourceUtils.releaseConnection(connection, control);
    }
  }

  private static boolean isDeadlock(RuntimeException e) {
    SQLException fault = fault(e);
    return fault != null && fault.getErrorCode() == DEADLOCK;
  }

  /** What the driver threw; {@code null} when it threw nothing. */
  private static @Nullable SQLException fault(RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException fault) {
        return fault;
      }
    }
    return null;
  }
}
