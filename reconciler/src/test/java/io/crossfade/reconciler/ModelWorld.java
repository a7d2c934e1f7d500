package io.crossfade.reconciler;

import static java.util.Objects.requireNonNull;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What may have happened to a few records of one kind, at random: flags that changed, acceptances
 * and what each path made of them, and what was noted of it, truly or not. Kept twice: here, and in
 * the schemas.
 */
final class ModelWorld {

  private static final Instant START = Instant.parse("2025-09-14T08:00:00Z");
  private static final int SECONDS = 120;
  private static final LostRecords.Death DEATH =
      new LostRecords.Death(START.plusSeconds(SECONDS), START.plusSeconds(SECONDS + 20));

  /**
   * A change of the flags.
   *
   * @param decided from when on a router heeded it, though it was recorded later
   * @param before whether dual write was on; {@code null} when nobody can read it
   */
  record Change(
      Instant decided,
      Instant at,
      boolean initial,
      @Nullable Boolean before,
      @Nullable Boolean after) {}

  /** A note about an acceptance in a path's hands; of a stamp of 0 about any of its record. */
  record Note(DeliveryPath path, RecordId record, long stamp) {}

  /**
   * A record that a path lost.
   *
   * @param died whether with the memory of a router
   */
  record Loss(DeliveryPath path, RecordId record, boolean died) {}

  /** What somebody answers for. */
  record Rule(@Nullable DifferenceClass difference, @Nullable String deviceSn) {}

  final Kind kind;
  final ComparisonWindow window;
  final List<Change> changes = new ArrayList<>();
  @Nullable Boolean flag;

  /** Which record was accepted under a stamp. */
  final Map<Long, RecordId> recordOf = new HashMap<>();

  final Set<Note> dropped = new HashSet<>();
  final Set<Note> refused = new HashSet<>();
  final Set<Note> dead = new HashSet<>();
  final Set<Loss> lost = new HashSet<>();
  final List<Rule> rules = new ArrayList<>();

  private final Random random;
  private final Map<DeliveryPath, List<AcceptedRecord>> written =
      Map.of(DeliveryPath.LEGACY, new ArrayList<>(), DeliveryPath.STREAM, new ArrayList<>());
  private final Map<DeliveryPath, List<AcceptedRecord>> late =
      Map.of(DeliveryPath.LEGACY, new ArrayList<>(), DeliveryPath.STREAM, new ArrayList<>());
  private final Map<DeliveryPath, List<String>> byHand =
      Map.of(DeliveryPath.LEGACY, new ArrayList<>(), DeliveryPath.STREAM, new ArrayList<>());
  private final List<Note> deadAndRedriven = new ArrayList<>();
  private final List<Note> retried = new ArrayList<>();

  ModelWorld(long seed) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.kind = Kind.values()[random.nextInt(3)];
    Instant from = START.plusMillis(random.nextInt(SECONDS * 1000));
    int width = List.of(1, 2_000, 20_000, 60_000).get(random.nextInt(4));
    this.window =
        random.nextInt(3) == 0
            ? new ComparisonWindow(START.minusSeconds(60), START.plusSeconds(SECONDS + 60))
            : new ComparisonWindow(from, from.plusMillis(width));
    flags();
    int uploads = 1 + random.nextInt(20);
    for (int i = 0; i < uploads; i++) {
      String device = "D" + random.nextInt(3);
      LocalDateTime time = LocalDateTime.of(2025, 9, 14, 16, 0, random.nextInt(4));
      long values = random.nextInt(1_000);
      upload(device, time, values);
      while (random.nextInt(3) == 0) {
        upload(device, time, random.nextInt(3) == 0 ? values + 1 : values);
      }
    }
    if (random.nextInt(6) == 0) {
      rules.add(
          random.nextBoolean()
              ? new Rule(DifferenceClass.values()[random.nextInt(4)], null)
              : new Rule(null, "D" + random.nextInt(3)));
    }
  }

  private void flags() {
    int how = random.nextInt(5);
    if (how == 0) {
      return;
    }
    boolean on = random.nextBoolean();
    flag = on;
    if (how == 1) {
      return;
    }
    Instant at = START.plusMillis(random.nextInt(SECONDS * 1000) - 30_000);
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      boolean next = random.nextBoolean();
      boolean initial = i == 0 && how == 2;
      Instant decided =
          initial || random.nextInt(3) > 0 ? at : at.minusMillis(random.nextInt(30_000));
      changes.add(new Change(decided, at, initial, readable(on), readable(next)));
      on = next;
      at = at.plusMillis(1 + random.nextInt(random.nextBoolean() ? 3_000 : 40_000));
    }
    flag = random.nextInt(10) == 0 ? null : Boolean.valueOf(on);
  }

  private @Nullable Boolean readable(boolean on) {
    return random.nextInt(8) == 0 ? null : Boolean.valueOf(on);
  }

  /** Accepts a record, and lets a path or both do something with it. */
  private void upload(String device, LocalDateTime time, long values) {
    AcceptedRecord record = accept(device, time, values);
    RecordId id = record.acceptance().id();
    DeliveryPath path = DeliveryPath.values()[random.nextInt(2)];
    Note note = new Note(path, id, record.acceptance().stamp());
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> both(record, path);
      case 3 -> write(written, path.other(), record, RouteReason.FLAG);
      case 4 -> {
        write(written, path.other(), record, RouteReason.FLAG);
        dropped.add(note);
      }
      case 5 -> {
        write(written, path.other(), record, RouteReason.MIRROR);
        if (random.nextInt(3) == 0) {
          retried.add(note);
        } else {
          refused.add(note);
        }
      }
      case 6 -> write(written, DeliveryPath.LEGACY, record, RouteReason.STREAM_UNAVAILABLE);
      case 7 -> {
        // The append had timed out, and reached Redis all the same.
        write(written, DeliveryPath.LEGACY, record, RouteReason.STREAM_UNAVAILABLE);
        write(written, DeliveryPath.STREAM, record, RouteReason.FLAG);
      }
      case 8 -> {
        write(written, path.other(), record, RouteReason.FLAG);
        if (random.nextInt(3) == 0) {
          deadAndRedriven.add(note);
        } else {
          dead.add(note);
        }
      }
      case 9, 10 -> {
        write(written, path.other(), record, RouteReason.FLAG);
        lose(new Loss(path, id, random.nextBoolean()));
      }
      case 11 -> {
        both(record, path);
        requireNonNull(byHand.get(path))
            .add("DELETE FROM %s WHERE id = x'%s'".formatted(table(), id));
      }
      case 12 -> {
        both(record, path);
        requireNonNull(byHand.get(path))
            .add("UPDATE %s SET customer_id = 4711 WHERE id = x'%s'".formatted(table(), id));
      }
      case 13 -> {
        write(written, path.other(), record, RouteReason.FLAG);
        write(late, path, record, RouteReason.MIRROR);
      }
      case 14 -> {
        write(written, path.other(), record, RouteReason.FLAG);
        write(written, path, record, RouteReason.REPAIR);
      }
      default -> {
        both(record, path);
        lie(record);
      }
    }
    if (random.nextInt(8) == 0) {
      lie(record);
    }
  }

  /** Notes something of an acceptance that is not so, or of another than that. */
  private void lie(AcceptedRecord record) {
    DeliveryPath path = DeliveryPath.values()[random.nextInt(2)];
    long stamp = record.acceptance().stamp() + random.nextInt(2);
    Note note = new Note(path, record.acceptance().id(), stamp);
    switch (random.nextInt(5)) {
      case 0 -> dropped.add(note);
      case 1 -> dropped.add(new Note(path, note.record(), DroppedMirrors.ANY));
      case 2 -> refused.add(note);
      case 3 -> dead.add(note);
      default -> lose(new Loss(path, note.record(), random.nextBoolean()));
    }
  }

  private void lose(Loss loss) {
    if (lost.stream()
        .noneMatch(one -> one.path() == loss.path() && one.record().equals(loss.record()))) {
      lost.add(loss);
    }
  }

  private void both(AcceptedRecord record, DeliveryPath served) {
    write(written, served, record, RouteReason.FLAG);
    write(written, served.other(), record, RouteReason.MIRROR);
  }

  private static void write(
      Map<DeliveryPath, List<AcceptedRecord>> to,
      DeliveryPath path,
      AcceptedRecord record,
      RouteReason reason) {
    requireNonNull(to.get(path)).add(record.because(reason));
  }

  private AcceptedRecord accept(String device, LocalDateTime time, long values) {
    long stamp;
    do {
      stamp =
          AcceptanceStamp.floor(START.plusMillis(random.nextInt(SECONDS * 1000)))
              + 1_024L * (1 + random.nextInt(50));
    } while (recordOf.containsKey(stamp));
    SampleRecords samples = new SampleRecords(values, stamp - 1);
    AcceptedRecord record =
        switch (kind.name()) {
          case "HEALTH" -> samples.healthAt(device, time);
          case "DEVICE" -> samples.deviceAt(device, time);
          default -> samples.eventAt(device, time);
        };
    recordOf.put(stamp, record.acceptance().id());
    return record;
  }

  private String table() {
    List<? extends OutputTable<?>> tables = OutputTables.of(kind);
    return tables.getFirst().name();
  }

  /** Whether rows come between the two looks. */
  boolean hasLateRows() {
    return late.values().stream().anyMatch(list -> !list.isEmpty());
  }

  /** Fills empty schemas. */
  void fill(TestOutputs outputs) throws SQLException {
    fillOutputs(outputs);
    for (DeliveryPath path : DeliveryPath.values()) {
      new DroppedMirrors(outputs.control()).keep(path, acceptances(dropped, path));
      RefusedRecords refusals = new RefusedRecords(outputs.control());
      for (Note note : refused) {
        if (note.path() == path) {
          refusals.keep(path, List.of(refusal(note)));
        }
      }
      for (Note note : retried) {
        if (note.path() == path) {
          refusals.keep(path, List.of(refusal(note)));
        }
      }
    }
    letters(outputs);
    for (Note note : retried) {
      TestOutputs.update(
          outputs.control(),
          "UPDATE refused_record SET retried_stamp = stamp + 1 WHERE id = x'%s' AND path = '%s'"
                  .formatted(note.record(), note.path())
              + " AND stamp = "
              + note.stamp());
    }
    refused.removeAll(retried);
    try (Connection connection = outputs.control().getConnection()) {
      LostRecords.keep(
          connection,
          lost.stream()
              .map(
                  one ->
                      new LostRecords.Lost(
                          one.record(), kind, one.path(), 1, "it", one.died() ? DEATH : null))
              .toList());
      connection.commit();
    }
    fillFlags(outputs.control());
  }

  private RefusedRecords.Refused refusal(Note note) {
    return new RefusedRecords.Refused(kind, note.record(), note.stamp());
  }

  private static List<Acceptance> acceptances(Set<Note> notes, DeliveryPath path) {
    return notes.stream()
        .filter(note -> note.path() == path)
        .map(note -> new Acceptance(note.record(), note.stamp(), RouteReason.MIRROR))
        .toList();
  }

  private void letters(TestOutputs outputs) throws SQLException {
    DeadLetters letters = new DeadLetters(outputs.control());
    letters.keep(deadAndRedriven.stream().map(this::letter).toList());
    TestOutputs.update(outputs.control(), "UPDATE dead_letter SET state = 'REDRIVEN'");
    for (Note note : dead) {
      letters.keep(List.of(letter(note)));
    }
  }

  private Letter letter(Note note) {
    return new Letter(
        Source.of(note.path()),
        note.record(),
        kind,
        "too long",
        1,
        DeadLetters.BodyFormat.ENTRY,
        new byte[0]);
  }

  private void fillFlags(DataSource control) {
    if (flag != null) {
      TestOutputs.update(
          control,
          "INSERT INTO rollout_flag (feature, enabled, parameters) VALUES ('%s_DUAL_WRITE', %s, '')"
              .formatted(kind, flag));
    }
    for (Change change : changes) {
      TestOutputs.update(
          control,
          "INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason, forced,"
              + " flags_before, flags_after, evidence, decided_at) VALUES ('%s', 1, '%s', '%s',"
                  .formatted(
                      LocalDateTime.ofInstant(change.at(), ZoneOffset.UTC),
                      kind,
                      change.initial() ? "INITIAL" : "OPERATOR")
              + " 'ann', 'model', FALSE, '%s', '%s', '{}', %s)"
                  .formatted(
                      json(change.before()),
                      json(change.after()),
                      change.decided().equals(change.at())
                          ? "NULL"
                          : quoted(
                              LocalDateTime.ofInstant(change.decided(), ZoneOffset.UTC)
                                  .toString())));
    }
    for (Rule rule : rules) {
      TestOutputs.update(
          control,
          "INSERT INTO explanation_rule (kind, class, device_sn, owner, reason, created_at,"
              + " expires_at) VALUES ('%s', %s, %s, 'ann', 'model', '2020-01-01', '2099-01-01')"
                  .formatted(kind, quoted(rule.difference()), quoted(rule.deviceSn())));
    }
  }

  private String json(@Nullable Boolean on) {
    return on == null
        ? List.of("{", "{}", "null", "[]", "{\"dualWrite\":\"maybe\"}").get(random.nextInt(5))
        : "{\"cohort\":{},\"dualWrite\":" + on + "}";
  }

  private static String quoted(@Nullable Object value) {
    return value == null ? "NULL" : "'" + value + "'";
  }

  /** Fills the two outputs alone, as they are before the first look. */
  void fillOutputs(TestOutputs outputs) throws SQLException {
    for (DeliveryPath path : DeliveryPath.values()) {
      DataSource output = path == DeliveryPath.LEGACY ? outputs.legacy() : outputs.stream();
      List<AcceptedRecord> records = new ArrayList<>(requireNonNull(written.get(path)));
      Collections.shuffle(records, new Random(records.size()));
      for (AcceptedRecord record : records) {
        new Output(output).write(List.of(record));
      }
      requireNonNull(byHand.get(path)).forEach(sql -> TestOutputs.update(output, sql));
    }
  }

  /** Writes what comes between the looks. */
  void fillLate(TestOutputs outputs) throws SQLException {
    new Output(outputs.legacy()).write(requireNonNull(late.get(DeliveryPath.LEGACY)));
    new Output(outputs.stream()).write(requireNonNull(late.get(DeliveryPath.STREAM)));
  }

  /** Empties what a world fills. */
  static void empty(TestOutputs outputs, boolean outputsAlone) {
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        TestOutputs.update(outputs.legacy(), "DELETE FROM " + table.name());
        TestOutputs.update(outputs.stream(), "DELETE FROM " + table.name());
      }
    }
    if (!outputsAlone) {
      for (String table :
          List.of(
              "dropped_mirror",
              "refused_record",
              "dead_letter",
              "lost_record",
              "rollout_flag",
              "rollout_change",
              "explanation_rule")) {
        TestOutputs.update(outputs.control(), "DELETE FROM " + table);
      }
    }
  }
}
