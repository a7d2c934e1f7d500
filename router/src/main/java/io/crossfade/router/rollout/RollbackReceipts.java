package io.crossfade.router.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.crossfade.db.control.ControlTransactions;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/**
 * Receipts in the control schema, where any router finds them. Best effort: a rollback needs none.
 */
public final class RollbackReceipts {

  private static final Logger log = LoggerFactory.getLogger(RollbackReceipts.class);
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          // Written by a newer release, perhaps.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public RollbackReceipts(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
  }

  void keep(RollbackReceipt receipt) {
    try {
      String body = JSON.writeValueAsString(receipt);
      transactions.run(
          () ->
              jdbc.sql("REPLACE INTO rollback_receipt VALUES (?, ?, ?)")
                  .params(receipt.id(), Timestamp.from(receipt.requestedAt()), body)
                  .update());
    } catch (JsonProcessingException | DataAccessException | TransactionException e) {
      log.warn("Cannot keep the receipt of rollback {}: {}", receipt.id(), e.getMessage());
    }
  }

  Optional<RollbackReceipt> find(String id) {
    // MariaDB fails to compare what is not ASCII with a column that is.
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(id)) {
      return Optional.empty();
    }
    try {
      Optional<String> body =
          transactions.in(
              () ->
                  jdbc.sql("SELECT body FROM rollback_receipt WHERE id = ?")
                      .param(id)
                      .query(String.class)
                      .optional());
      return body.isEmpty()
          ? Optional.empty()
          : Optional.of(JSON.readValue(body.get(), RollbackReceipt.class));
    } catch (JsonProcessingException | DataAccessException | TransactionException e) {
      log.warn("Cannot read the receipt of rollback {}: {}", id, e.getMessage());
      return Optional.empty();
    }
  }
}
