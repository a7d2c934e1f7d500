package io.crossfade.db.kind;

import io.crossfade.db.Visible;

/** An item that the code of a kind does not take for a record. */
public final class RefusedItemException extends Exception {

  private static final long serialVersionUID = 1;

  private static final int LONGEST = 64;

  /**
   * @param why in a word or two, which stand in the letter and in the answer; the same for all such
   *     items, and nothing of what was sent. More than 64 characters are cut
   */
  public RefusedItemException(String why) {
    super(Visible.of(why.length() <= LONGEST ? why : why.substring(0, LONGEST)), null, true, false);
  }
}
