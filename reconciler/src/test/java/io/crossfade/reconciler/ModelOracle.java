package io.crossfade.reconciler;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Says what a comparison must find, straight from the definitions in RATIONALE.md: row by row, in
 * plain collections, with none of the reconciler's code. Slow, and too simple to be wrong.
 */
final class ModelOracle {

  private static final Duration FLIP = Duration.ofSeconds(2);

  /** Tables of which a row is the newest state; of the others it is what was accepted first. */
  private static final Set<String> NEWEST = Set.of("t_device_info", "t_user_health_data_fact");

  /** A row, all of it read. */
  record Row(String id, long stamp, String reason, List<@Nullable String> columns) {}

  /** What both outputs hold of a table. */
  record Tables(Map<String, Row> legacy, Map<String, Row> stream) {

    static Tables read(OutputTable<?> table, DataSource legacy, DataSource stream)
        throws SQLException {
      return new Tables(rows(table, legacy), rows(table, stream));
    }

    private static Map<String, Row> rows(OutputTable<?> table, DataSource output)
        throws SQLException {
      Map<String, Row> rows = new TreeMap<>();
      try (Connection connection = output.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT * FROM " + table.name())) {
        while (row.next()) {
          List<@Nullable String> columns = new ArrayList<>();
          for (String column : table.comparedColumns()) {
            columns.add(row.getString(column));
          }
          String id = RecordId.of(row.getBytes("id")).toString();
          rows.put(id, new Row(id, row.getLong("stamp"), row.getString("route_reason"), columns));
        }
        connection.commit();
      }
      return rows;
    }
  }

  /** What a comparison says of a table. */
  record Said(
      long matching,
      long late,
      long notMirrored,
      long fallbacks,
      long streamServed,
      Map<String, String> differences) {}

  private final ModelWorld world;

  ModelOracle(ModelWorld world) {
    this.world = world;
  }

  /**
   * @param first what the outputs held at the first look
   * @param second at the second, if there was one
   * @param rolling whether windows of which nothing was copied are only counted
   */
  Said say(OutputTable<?> table, Tables first, Tables second, boolean rolling) {
    long fallbacks =
        first.legacy().values().stream()
            .filter(row -> in(row) && row.reason().equals("STREAM_UNAVAILABLE"))
            .count();
    if (rolling && onlyOff(world.window)) {
      long ofStream = first.stream().values().stream().filter(this::in).count();
      long ofLegacy = first.legacy().values().stream().filter(this::in).count();
      return new Said(0, 0, ofLegacy + ofStream, fallbacks, ofStream, Map.of());
    }
    long streamServed =
        first.stream().values().stream()
            .filter(row -> in(row) && row.reason().equals("FLAG"))
            .count();
    long matching = 0;
    long late = 0;
    long notMirrored = 0;
    Map<String, String> differences = new TreeMap<>();
    TreeSet<String> ids = new TreeSet<>(first.legacy().keySet());
    ids.addAll(first.stream().keySet());
    for (String id : ids) {
      Row left = first.legacy().get(id);
      Row right = first.stream().get(id);
      if ((left == null || !in(left)) && (right == null || !in(right))) {
        continue;
      }
      if (left != null && right != null) {
        if (left.columns().equals(right.columns())) {
          matching++;
          continue;
        }
        if (NEWEST.contains(table.name())
            && left.stamp() != right.stamp()
            && mayHaveBeenOff(stays(table, left, right) ? left.stamp() : right.stamp())) {
          notMirrored++;
          continue;
        }
      } else if (mayHaveBeenOff(Objects.requireNonNull(left == null ? right : left).stamp())) {
        notMirrored++;
        continue;
      }
      left = second.legacy().get(id);
      right = second.stream().get(id);
      if (left != null && right != null && left.columns().equals(right.columns())) {
        matching++;
        late++;
      } else {
        differences.put(id, difference(table, left, right));
      }
    }
    return new Said(matching, late, notMirrored, fallbacks, streamServed, differences);
  }

  private boolean in(Row row) {
    long millis = AcceptanceStamp.instantOf(row.stamp()).toEpochMilli();
    return millis >= world.window.from().toEpochMilli()
        && millis < world.window.to().toEpochMilli();
  }

  private String difference(OutputTable<?> table, @Nullable Row left, @Nullable Row right) {
    String kind =
        left == null ? "MISSING_IN_LEGACY" : right == null ? "MISSING_IN_STREAM" : "FIELDS_DIFFER";
    String cause = "none";
    if (left == null) {
      cause = cause(DeliveryPath.LEGACY, Objects.requireNonNull(right));
    } else if (right == null) {
      cause = cause(DeliveryPath.STREAM, left);
    } else if (left.stamp() != right.stamp()) {
      cause =
          stays(table, left, right)
              ? cause(DeliveryPath.STREAM, left)
              : cause(DeliveryPath.LEGACY, right);
    }
    if (cause.equals("none")) {
      String device = device(table, Objects.requireNonNull(left == null ? right : left));
      for (ModelWorld.Rule rule : world.rules) {
        if ((rule.difference() == null || rule.difference().name().equals(kind))
            && (rule.deviceSn() == null || rule.deviceSn().equals(device))) {
          cause = "RULE";
        }
      }
    }
    return kind + " " + cause;
  }

  /** Which of two rows both outputs should have: the first accepted, or the newest state. */
  private static boolean stays(OutputTable<?> table, Row one, Row other) {
    if (!NEWEST.contains(table.name())) {
      return one.stamp() < other.stamp();
    }
    // Of facts, what says that it failed yields to what did not.
    int good = table.comparedColumns().indexOf("good");
    if (good >= 0 && !Objects.equals(one.columns().get(good), other.columns().get(good))) {
      return "1".equals(one.columns().get(good));
    }
    int time = table.comparedColumns().indexOf("timestamp");
    String ofOne = String.valueOf(one.columns().get(time));
    String ofOther = String.valueOf(other.columns().get(time));
    return ofOne.equals(ofOther) ? one.stamp() > other.stamp() : ofOne.compareTo(ofOther) > 0;
  }

  private static String device(OutputTable<?> table, Row row) {
    int column = table.comparedColumns().indexOf("device_sn");
    int other = table.comparedColumns().indexOf("serial_number");
    return String.valueOf(row.columns().get(column < 0 ? other : column));
  }

  /** Why a path lacks the acceptance that made the other output's row. */
  private String cause(DeliveryPath path, Row made) {
    RecordId record = Objects.requireNonNull(world.recordOf.get(made.stamp()));
    for (ModelWorld.Loss loss : world.lost) {
      if (loss.path() == path && loss.record().equals(record)) {
        return loss.died() && path == DeliveryPath.LEGACY ? "LOST_IN_MEMORY" : "none";
      }
    }
    if (path == DeliveryPath.STREAM && made.reason().equals("STREAM_UNAVAILABLE")) {
      return "FALLBACK";
    }
    if (world.refused.contains(new ModelWorld.Note(path, record, made.stamp()))) {
      return "REFUSED";
    }
    for (ModelWorld.Note note : world.dropped) {
      if (note.path() == path
          && note.record().equals(record)
          && (note.stamp() == made.stamp() || note.stamp() == 0)) {
        return "MIRROR_DROPPED";
      }
    }
    for (ModelWorld.Note note : world.dead) {
      if (note.path() == path && note.record().equals(record)) {
        return "DEAD_LETTER";
      }
    }
    return "none";
  }

  /** A stretch of time with one state of the flags; {@code null} is not known. */
  private record Stretch(Instant from, Instant to, @Nullable Boolean on) {}

  private List<Stretch> stretches() {
    List<ModelWorld.Change> changes = world.changes;
    List<Stretch> stretches = new ArrayList<>();
    if (changes.isEmpty()) {
      return List.of(new Stretch(Instant.MIN, Instant.MAX, world.flag));
    }
    ModelWorld.Change first = changes.getFirst();
    stretches.add(
        new Stretch(Instant.MIN, first.at(), first.initial() ? first.after() : first.before()));
    for (int i = 0; i < changes.size(); i++) {
      boolean last = i == changes.size() - 1;
      Boolean on = changes.get(i).after();
      if (on == null) {
        on = last ? world.flag : changes.get(i + 1).before();
      }
      stretches.add(
          new Stretch(changes.get(i).at(), last ? Instant.MAX : changes.get(i + 1).at(), on));
      // Who decided it heeded it at once; the others went on by what the flags said.
      if (changes.get(i).decided().isBefore(changes.get(i).at())) {
        stretches.add(
            new Stretch(changes.get(i).decided(), changes.get(i).at(), changes.get(i).after()));
      }
    }
    return stretches;
  }

  /** Routers hear of a change within two seconds, and their clocks differ by no more. */
  private boolean mayHaveBeenOff(long stamp) {
    Instant from = AcceptanceStamp.instantOf(stamp).minus(FLIP);
    Instant to = AcceptanceStamp.instantOf(stamp).plus(FLIP);
    return stretches().stream()
        .filter(one -> one.to().isAfter(from) && !one.from().isAfter(to))
        .anyMatch(one -> Boolean.FALSE.equals(one.on()));
  }

  private boolean onlyOff(ComparisonWindow window) {
    Instant from = window.from().minus(FLIP);
    Instant to = window.to().plus(FLIP);
    return stretches().stream()
        .filter(one -> one.to().isAfter(from) && one.from().isBefore(to))
        .allMatch(one -> Boolean.FALSE.equals(one.on()));
  }
}
