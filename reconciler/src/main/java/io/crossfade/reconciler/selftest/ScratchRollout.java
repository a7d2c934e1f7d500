package io.crossfade.reconciler.selftest;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.db.control.FlagChange;
import io.crossfade.db.control.FlagChanges;
import io.crossfade.db.control.RecordedFlags;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A rollout from its first start to its end, one acceptance a millisecond: what the old path alone
 * took, what both took, and what the new one alone took, with the recorded changes of the flags
 * between them. Between its parts nothing comes for longer than routers may differ.
 */
final class ScratchRollout {

  private static final Instant FIRST = Instant.ofEpochMilli(1_757_808_900_000L);
  private static final LocalDateTime START = LocalDateTime.of(2025, 9, 14, 8, 0);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final long A_MILLISECOND = AcceptanceStamp.floor(Instant.ofEpochMilli(1));
  private static final int AT_ONCE = 1_500;

  /** So many that a device comes once a day: then nearly every write makes a row. */
  private static final int DEVICES = 100_000;

  /** Records in a part that was written once, of ten that were written twice. */
  private static final int SHARE_WRITTEN_ONCE = 10;

  /**
   * Records that were routed alike.
   *
   * @param first number of the first
   * @param records of each kind
   * @param served by whom
   */
  private record Part(Instant from, int first, int records, DeliveryPath served, boolean copied) {

    Instant to() {
      return from.plusMillis((long) records * Kind.values().length);
    }

    Part then(int next, DeliveryPath by, boolean twice, Duration later) {
      return new Part(to().plus(later), first + records, next, by, twice);
    }

    boolean reaches(DeliveryPath path) {
      return copied || path == served;
    }

    RouteReason reasonOf(DeliveryPath path) {
      return path == served ? RouteReason.FLAG : RouteReason.MIRROR;
    }
  }

  private final long seed;
  private final List<Part> parts;

  /**
   * @param records of each kind that were written twice
   */
  ScratchRollout(int records, long seed) {
    this.seed = seed;
    int once = 1 + records / SHARE_WRITTEN_ONCE;
    Part legacy = new Part(FIRST, 0, once, DeliveryPath.LEGACY, false);
    Part shadow = legacy.then(records / 2, DeliveryPath.LEGACY, true, PAUSE);
    Part live = shadow.then(records - records / 2, DeliveryPath.STREAM, true, Duration.ZERO);
    Part complete = live.then(once, DeliveryPath.STREAM, false, PAUSE);
    this.parts = List.of(legacy, shadow, live, complete);
  }

  /** All of it. */
  ComparisonWindow window() {
    return new ComparisonWindow(parts.getFirst().from(), parts.getLast().to());
  }

  /** What was written twice. */
  ComparisonWindow copied() {
    return new ComparisonWindow(parts.get(1).from(), parts.get(2).to());
  }

  /** Writes what a path took. */
  void write(DeliveryPath path, Output output) throws SQLException {
    for (Part part : parts) {
      if (part.reaches(path)) {
        write(part, part.reasonOf(path), output);
      }
    }
  }

  private void write(Part part, RouteReason reason, Output output) throws SQLException {
    SampleRecords samples =
        new SampleRecords(
            seed + part.first(), AcceptanceStamp.floor(part.from()) - A_MILLISECOND, A_MILLISECOND);
    List<AcceptedRecord> batch = new ArrayList<>();
    int end = part.first() + part.records();
    for (int i = part.first(); i < end; i++) {
      String device = "SELF" + i % DEVICES;
      LocalDateTime time = START.plusSeconds(i);
      for (Kind kind : Kind.values()) {
        batch.add(kind.definition().sample(samples, device, time).because(reason));
      }
      if (batch.size() >= AT_ONCE || i == end - 1) {
        output.write(batch);
        batch.clear();
      }
    }
  }

  /** Records the changes: first start at legacy, shadow, live, complete. */
  void record(DataSource control) {
    FlagChanges changes = new FlagChanges(control);
    new ControlTransactions(control)
        .run(
            () -> {
              change(changes, 1, parts.getFirst().from().minus(PAUSE), false, false);
              for (int i = 1; i < parts.size(); i++) {
                Part before = parts.get(i - 1);
                Part after = parts.get(i);
                Instant between =
                    before.to().plus(Duration.between(before.to(), after.from()).dividedBy(2));
                change(changes, i + 1, between, before.copied(), after.copied());
              }
            });
  }

  private static void change(
      FlagChanges changes, int version, Instant at, boolean before, boolean after) {
    for (Kind kind : Kind.values()) {
      changes.add(
          new FlagChange(
              0,
              version,
              at,
              kind,
              version == 1 ? FlagChange.INITIAL : "OPERATOR",
              "selftest",
              "a rollout of its own",
              null,
              false,
              new RecordedFlags(null, before, true),
              new RecordedFlags(null, after, true),
              "{}",
              null,
              null));
    }
  }
}
