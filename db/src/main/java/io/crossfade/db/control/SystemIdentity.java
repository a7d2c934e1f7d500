package io.crossfade.db.control;

import io.crossfade.db.RecordId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Which system a control schema belongs to: an id that is made once, with the schema. Files on a
 * disk that several systems may share say whose they are by it.
 */
public final class SystemIdentity {

  private final ControlTransactions transactions;

  public SystemIdentity(DataSource control) {
    this.transactions = new ControlTransactions(control);
  }

  /** The system's id, 16 bytes that no other has. */
  public RecordId read() throws SQLException {
    return transactions.on(
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement("SELECT id FROM system_identity");
              ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
              throw new SQLException("The table system_identity of the control schema is empty");
            }
            return RecordId.of(row.getBytes(1));
          }
        });
  }
}
