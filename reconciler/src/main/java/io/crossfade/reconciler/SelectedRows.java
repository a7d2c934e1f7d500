package io.crossfade.reconciler;

import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rows of a selection as they stood when they were looked up: what comes to match later is not
 * among them.
 */
public final class SelectedRows {

  /**
   * A row, and how the run found it to differ.
   *
   * @param fields a hash of the fields that differ, see {@link DifferenceHash}
   */
  public record Row(RecordId id, DifferenceClass kind, long fields) {}

  private final SortedMap<String, List<Row>> rows = new TreeMap<>();
  private final MessageDigest digest = RecordId.sha256();
  private long count;

  SelectedRows(long run) {
    update(String.valueOf(run));
  }

  /** In the order of tables and ids. */
  void add(DifferencePlace place, DifferenceClass kind, long fields) {
    rows.computeIfAbsent(place.table(), table -> new ArrayList<>())
        .add(new Row(place.id(), kind, fields));
    update(place.toString());
    update(kind.name());
    update(Long.toHexString(fields));
    count++;
  }

  public long count() {
    return count;
  }

  /** In the order of ids, by table. */
  public SortedMap<String, List<Row>> byTable() {
    return Collections.unmodifiableSortedMap(rows);
  }

  /**
   * The same for the same rows of a run, each differing in the same way, and only for them.
   *
   * @param done what is to be done with them
   * @return 32 hexadecimal digits
   */
  public String digest(String done) {
    try {
      MessageDigest whole = (MessageDigest) digest.clone();
      whole.update(done.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(whole.digest(), 0, 16);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("The JDK's SHA-256 can be copied", e);
    }
  }

  private void update(String part) {
    digest.update(part.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
