package io.crossfade.router.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.sql.Timestamp;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Receipts in the control schema, where any router finds them. Best effort: a rollback needs none.
 */
public final class RollbackReceipts {

  private static final Logger log = LoggerFactory.getLogger(RollbackReceipts.class);
  private static final ObjectMapper JSON =
      JsonMapper.builder().addModule(new JavaTimeModule()).build();

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  public RollbackReceipts(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
  }

  void keep(RollbackReceipt receipt) {
    try {
      String body = JSON.writeValueAsString(receipt);
      transaction.executeWithoutResult(
          status ->
              jdbc.sql("REPLACE INTO rollback_receipt VALUES (?, ?, ?)")
                  .params(receipt.id(), Timestamp.from(receipt.requestedAt()), body)
                  .update());
    } catch (JsonProcessingException | DataAccessException | TransactionException e) {
      log.warn("Cannot keep the receipt of rollback {}: {}", receipt.id(), e.getMessage());
    }
  }

  Optional<RollbackReceipt> find(String id) {
    try {
      String body =
          transaction.execute(
              status ->
                  jdbc.sql("SELECT body FROM rollback_receipt WHERE id = ?")
                      .param(id)
                      .query(String.class)
                      .optional()
                      .orElse(null));
      return body == null
          ? Optional.empty()
          : Optional.of(JSON.readValue(body, RollbackReceipt.class));
    } catch (JsonProcessingException | DataAccessException | TransactionException e) {
      log.warn("Cannot read the receipt of rollback {}: {}", id, e.getMessage());
      return Optional.empty();
    }
  }
}
