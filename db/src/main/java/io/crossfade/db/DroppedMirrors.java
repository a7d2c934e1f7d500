package io.crossfade.db;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Acceptances of which a path did not get the copy, because the mirror could not deliver it: the
 * explanation of a difference, kept in the control schema.
 */
public final class DroppedMirrors {

  /** Stamp of notes that an earlier release kept: which acceptance they speak of is not known. */
  public static final long ANY = 0;

  private final DataSource control;

  public DroppedMirrors(DataSource control) {
    this.control = control;
  }

  /**
   * Keeps the copies that a path did not take, all or none.
   *
   * @param path the one that has no copy
   * @param acceptances of the records
   */
  public void keep(DeliveryPath path, Collection<Acceptance> acceptances) throws SQLException {
    ControlIds.keep(
        control,
        "INSERT IGNORE INTO dropped_mirror (id, path, stamp) VALUES ",
        acceptances.stream()
            .map(
                acceptance ->
                    List.<Object>of(acceptance.id().bytes(), path.name(), acceptance.stamp()))
            .toList());
  }

  /**
   * Of which acceptances of these records the path did not take a copy: their stamps, {@link #ANY}
   * where that is not known.
   */
  public Map<RecordId, Set<Long>> among(DeliveryPath path, Collection<RecordId> ids)
      throws SQLException {
    return ControlIds.stamps(
        control, "SELECT id, stamp FROM dropped_mirror WHERE path = ? AND id", path.name(), ids);
  }
}
