package io.crossfade.router.rollout;

import io.crossfade.router.flags.Cohort;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The devices that have ever sent their device info: a change's effect is counted on them. */
public final class KnownDevices {

  /**
   * What a change does to them.
   *
   * @param toStream devices that the stream serves from then on and did not before
   * @param toLegacy devices that it served before and does not then
   * @param members devices that the stream serves then
   * @param known all of them
   */
  public record Moves(long toStream, long toLegacy, long members, long known) {}

  private final DataSource output;

  /**
   * @param output the one that readers use
   */
  public KnownDevices(DataSource output) {
    this.output = output;
  }

  /** Counts, device by device, in one pass with little memory. */
  Moves moves(Cohort before, Cohort after) throws SQLException {
    try (Connection connection = output.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT serial_number, customer_id FROM t_device_info",
                ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY)) {
      // Connector/J's sign for "row by row from the wire".
      statement.setFetchSize(Integer.MIN_VALUE);
      long toStream = 0;
      long toLegacy = 0;
      long members = 0;
      long known = 0;
      try (ResultSet devices = statement.executeQuery()) {
        while (devices.next()) {
          String device = devices.getString(1);
          Long customer = devices.getObject(2, Long.class);
          boolean was = before.contains(device, customer);
          boolean is = after.contains(device, customer);
          known++;
          members += is ? 1 : 0;
          toStream += is && !was ? 1 : 0;
          toLegacy += was && !is ? 1 : 0;
        }
      }
      connection.commit();
      return new Moves(toStream, toLegacy, members, known);
    }
  }
}
