package io.crossfade.bad;

import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Has another way of making transactions. */
final class SecondTransaction {

  TransactionTemplate transactions(DataSource control) {
    return new TransactionTemplate(new JdbcTransactionManager(control));
  }
}
