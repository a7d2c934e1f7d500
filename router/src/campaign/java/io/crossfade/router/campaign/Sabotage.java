package io.crossfade.router.campaign;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.router.campaign.Truth.Made;
import io.crossfade.router.campaign.Truth.Told;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Rows that somebody deletes or changes by hand: nothing explains them, and each must be named. */
final class Sabotage {

  private static final int DELETED = 8;
  private static final int CHANGED = 4;

  private final Map<RecordId, String> kinds = new HashMap<>();
  private final List<String> devices = new ArrayList<>();
  private boolean urgent;

  /**
   * Takes rows that both outputs have, of moments in which copies were meant to be.
   *
   * @param notMirrored other moments
   */
  static Sabotage of(
      Site site,
      Map<RecordId, Told> truth,
      Word before,
      List<Judgement.Moment> notMirrored,
      Random random)
      throws SQLException {
    Sabotage sabotage = new Sabotage();
    List<Made> whole = new ArrayList<>();
    truth.forEach(
        (id, told) -> {
          if (before.rows().values().stream().allMatch(rows -> rows.containsKey(id))
              && !before.excused().contains(id)
              && notMirrored.stream().noneMatch(moment -> moment.covers(told))) {
            whole.add(told.made());
          }
        });
    whole.sort(Comparator.comparing(Made::id));
    Collections.shuffle(whole, random);
    // An urgent one is deleted first, which fails any verdict: a few of many rows need not.
    whole.stream()
        .filter(Made::urgent)
        .findFirst()
        .ifPresent(urgent -> Collections.swap(whole, 0, whole.indexOf(urgent)));
    try (Connection connection = site.database.admin()) {
      int done = 0;
      for (Made made : whole) {
        DeliveryPath path = random.nextBoolean() ? DeliveryPath.LEGACY : DeliveryPath.STREAM;
        boolean delete = done < DELETED;
        // A device's state follows its newest row: here only rows of records are tampered with.
        if (made.kind() != Kind.DEVICE) {
          sabotage.touch(connection, Word.output(site, path), path, made, delete);
          if (++done == DELETED + CHANGED) {
            break;
          }
        }
      }
    }
    return sabotage;
  }

  private void touch(
      Connection connection, String output, DeliveryPath path, Made made, boolean delete)
      throws SQLException {
    boolean health = made.kind() == Kind.HEALTH;
    String table = output + (health ? ".t_user_health_data" : ".t_common_event");
    String sql =
        delete
            ? "DELETE FROM " + table + " WHERE id = ?"
            : "UPDATE "
                + table
                + (health ? " SET blood_oxygen = 99" : " SET org_id = 99")
                + " WHERE id = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBytes(1, made.id().bytes());
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("The row has gone: " + made);
      }
    }
    kinds.put(made.id(), delete ? "MISSING_IN_" + path : "FIELDS_DIFFER");
    devices.add(made.device());
    urgent |= delete && made.urgent();
  }

  /** Whether an urgent row was deleted. */
  boolean isUrgent() {
    return urgent;
  }

  int size() {
    return kinds.size();
  }

  boolean touched(RecordId id) {
    return kinds.containsKey(id);
  }

  boolean touchedDevice(String device) {
    return devices.contains(device);
  }

  boolean is(RecordId id, String kind) {
    return kind.equals(kinds.get(id));
  }
}
