package io.crossfade.router.intake;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.control.DeadLetters.Letter;
import java.util.List;

/**
 * A body that was read.
 *
 * @param records its items as records, and those that came inside them
 * @param unreadable a letter for each item that is no record, or of which a part is missing
 * @param reasons why, in the order of {@code unreadable}
 * @param troubles the same in full, with the field that each is about where it is about one
 * @param list whether the device sent a list, and wants to know about each item
 * @param items what became of the items; each is counted once
 */
record Upload(
    List<AcceptedRecord> records,
    List<Letter> unreadable,
    List<UnreadableReason> reasons,
    List<String> troubles,
    boolean list,
    Items items) {

  /**
   * Items of an upload.
   *
   * @param read that are records
   * @param repeats that are records, but repeat an earlier one of the same upload
   * @param failed that are none
   */
  record Items(int read, int repeats, int failed) {}
}
