package io.crossfade.router.rollout;

import io.crossfade.db.CohortRows;
import io.crossfade.db.Kind;
import io.crossfade.db.LongQuestions;
import io.crossfade.router.flags.Cohort;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The devices that tables know, or whomever else a percentage of a kind selects: a change's effect
 * is counted on them.
 */
public final class KnownDevices {

  /** Longer nobody waits for a count: a table may have a row for each record of years. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /**
   * What a change does to them. Where a tenant decides and a device has several, each of its
   * tenants counts.
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

  /**
   * Counts, device by device, in one pass with little memory; {@code null} where no table says what
   * the lists ask for.
   *
   * @throws SQLException when it cannot be counted, or not in time
   */
  @Nullable Moves moves(Kind kind, Cohort before, Cohort after) throws SQLException {
    CohortRows rows = kind.definition().cohortRows();
    boolean byTenant = before.namesCustomers() || after.namesCustomers();
    if (byTenant && rows.tenant() != null && rows.tenantColumn() == null) {
      return null;
    }
    try (Connection connection = LongQuestions.connect(output);
        PreparedStatement statement =
            connection.prepareStatement(
                sql(rows, byTenant), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      // Connector/J's sign for "row by row from the wire".
      statement.setFetchSize(Integer.MIN_VALUE);
      statement.setQueryTimeout((int) PATIENCE.toSeconds());
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

  private static String sql(CohortRows rows, boolean byTenant) {
    String tenant = byTenant && rows.tenantColumn() != null ? rows.tenantColumn() : null;
    return "SELECT %s`%s`, %s FROM `%s`"
        .formatted(
            rows.onceEach() ? "" : "DISTINCT ",
            rows.column(),
            tenant == null ? "CAST(NULL AS SIGNED)" : "`" + tenant + "`",
            rows.table());
  }
}
