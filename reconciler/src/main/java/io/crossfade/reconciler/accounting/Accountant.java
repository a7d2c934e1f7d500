package io.crossfade.reconciler.accounting;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.reconciler.accounting.AccountBook.Account;
import io.crossfade.reconciler.accounting.AccountBook.Counts;
import io.crossfade.reconciler.accounting.JournalSegment.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of every acceptance in a segment: written, a repeat of a record that was
 * accepted at another time, in the dead letters, or lost. Reads the outputs and the dead letters;
 * asks no writer.
 */
final class Accountant {

  private static final int AT_ONCE = 500;

  /** Acceptances whose rows are looked for without a rest: some milliseconds. */
  private static final int PIECE = 4_096;

  /** Devices' rows are being written meanwhile, and nobody waits for an account. */
  private static final double SHARE = 0.2;

  /** What became of a segment's acceptances. */
  record Result(Map<Account, Counts> counts, List<LostRecords.Lost> lost) {}

  /**
   * The end of the process that wrote a segment.
   *
   * @param writtenUntil up to when it had said that all is written; what was accepted before has
   *     not died with it
   */
  record Dead(LostRecords.Death death, Instant writtenUntil) {

    LostRecords.@Nullable Death of(Entry entry) {
      return entry.path() == DeliveryPath.LEGACY
              && !AcceptanceStamp.instantOf(entry.stamp()).isBefore(writtenUntil)
          ? death
          : null;
    }
  }

  private record Group(Kind kind, DeliveryPath path) {}

  private final DataSource legacy;
  private final DataSource stream;
  private final DeadLetters deadLetters;
  private final RefusedRecords refused;

  Accountant(
      DataSource legacy, DataSource stream, DeadLetters deadLetters, RefusedRecords refused) {
    this.legacy = legacy;
    this.stream = stream;
    this.deadLetters = deadLetters;
    this.refused = refused;
  }

  /**
   * Accounts for a segment whose records both paths are past.
   *
   * @param instance the process that wrote it
   * @param end of it; {@code null} when it lives, or ended with nothing in memory
   */
  Result account(Path segment, String instance, @Nullable Dead end)
      throws IOException, SQLException, InterruptedException {
    Map<Group, List<Entry>> groups = new HashMap<>();
    JournalSegment.read(
        segment,
        entry ->
            groups
                .computeIfAbsent(new Group(entry.kind(), entry.path()), g -> new ArrayList<>())
                .add(entry));
    Map<Account, Counts> counts = new HashMap<>();
    List<LostRecords.Lost> lost = new ArrayList<>();
    for (Map.Entry<Group, List<Entry>> group : groups.entrySet()) {
      account(group.getKey(), group.getValue(), instance, end, counts, lost);
    }
    return new Result(counts, lost);
  }

  private void account(
      Group group,
      List<Entry> entries,
      String instance,
      @Nullable Dead end,
      Map<Account, Counts> counts,
      List<LostRecords.Lost> lost)
      throws SQLException, InterruptedException {
    refused.retried(group.kind(), group.path(), ids -> newest(entries, ids));
    OutputScan output = scan(group.kind(), group.path());
    List<Entry> unmet = new ArrayList<>();
    entries.sort(Comparator.comparingLong(Entry::stamp));
    DutyCycle pace = new DutyCycle(SHARE);
    BitSet written = written(output, entries, pace);
    for (int i = 0; i < entries.size(); i++) {
      if (written.get(i)) {
        counts(counts, entries.get(i), instance).written++;
      } else {
        unmet.add(entries.get(i));
      }
    }
    for (int from = 0; from < unmet.size(); from += AT_ONCE) {
      List<Entry> some = unmet.subList(from, Math.min(unmet.size(), from + AT_ONCE));
      List<RecordId> ids = some.stream().map(Entry::id).toList();
      Set<RecordId> stored = output.find(ids).keySet();
      Set<RecordId> elsewhere = scan(group.kind(), group.path().other()).find(ids).keySet();
      Set<RecordId> dead = deadLetters.among(DeadLetters.Source.of(group.path()), ids);
      for (Entry entry : some) {
        Counts of = counts(counts, entry, instance);
        if (stored.contains(entry.id())) {
          of.repeated++;
        } else if (dead.contains(entry.id())) {
          of.deadLetters++;
        } else {
          of.lost++;
          of.lostOnBoth += elsewhere.contains(entry.id()) ? 0 : 1;
          lost.add(
              new LostRecords.Lost(
                  entry.id(),
                  entry.kind(),
                  entry.path(),
                  entry.stamp(),
                  instance,
                  end == null ? null : end.of(entry)));
        }
      }
      pace.rest();
    }
  }

  private static Map<RecordId, Long> newest(List<Entry> entries, Set<RecordId> among) {
    Map<RecordId, Long> newest = new HashMap<>();
    for (Entry entry : entries) {
      if (among.contains(entry.id())) {
        newest.merge(entry.id(), entry.stamp(), Math::max);
      }
    }
    return newest;
  }

  /**
   * Which of the acceptances own their row: along the index of stamps, without reading a row.
   *
   * @param entries in the order of their stamps
   * @return their indexes
   */
  private static BitSet written(OutputScan output, List<Entry> entries, DutyCycle pace)
      throws SQLException, InterruptedException {
    BitSet written = new BitSet(entries.size());
    for (int from = 0; from < entries.size(); from += PIECE) {
      int to = Math.min(entries.size(), from + PIECE);
      output.stamps(
          entries.get(from).stamp(),
          entries.get(to - 1).stamp(),
          new OwnRows(entries, from, to, written));
      pace.rest();
    }
    return written;
  }

  /** Meets rows, in the order of their stamps, with a piece of the entries. */
  private static final class OwnRows implements OutputScan.StampSink {

    private final List<Entry> entries;
    private final int to;
    private final BitSet written;
    private int next;

    OwnRows(List<Entry> entries, int from, int to, BitSet written) {
      this.entries = entries;
      this.next = from;
      this.to = to;
      this.written = written;
    }

    @Override
    public void row(long stamp, RecordId id) {
      while (next < to && entries.get(next).stamp() < stamp) {
        next++;
      }
      for (int i = next; i < to && entries.get(i).stamp() == stamp; i++) {
        if (entries.get(i).id().equals(id)) {
          written.set(i);
        }
      }
    }
  }

  private OutputScan scan(Kind kind, DeliveryPath path) {
    return new OutputScan(
        path == DeliveryPath.LEGACY ? legacy : stream, OutputTables.of(kind).getFirst());
  }

  private static Counts counts(Map<Account, Counts> counts, Entry entry, String instance) {
    Account account =
        new Account(
            AcceptanceStamp.instantOf(entry.stamp()).truncatedTo(ChronoUnit.MINUTES),
            instance,
            entry.kind(),
            entry.path());
    Counts of = counts.computeIfAbsent(account, a -> new Counts());
    of.accepted++;
    return of;
  }
}
