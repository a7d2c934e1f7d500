package io.crossfade.router.intake;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeadLetters.Letter;
import io.crossfade.db.RecordId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A body that was read.
 *
 * @param records its items as records, and those that came inside them
 * @param unreadable its items that are no records
 * @param reasons why, in the order of {@code unreadable}
 * @param list whether the device sent a list, and wants to know about each item
 */
record Upload(
    List<AcceptedRecord> records,
    List<Letter> unreadable,
    List<UnreadableReason> reasons,
    boolean list) {

  /** Records that repeat an earlier one of the same upload. */
  int repeats() {
    Set<RecordId> seen = new HashSet<>();
    return (int) records.stream().filter(r -> !seen.add(r.acceptance().id())).count();
  }
}
