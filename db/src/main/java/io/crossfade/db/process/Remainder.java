package io.crossfade.db.process;

import java.util.List;

/** Something that may hold work when the process has to end. */
@FunctionalInterface
public interface Remainder {

  /**
   * What is left, one line each, for people; nothing when nothing is. Asks nobody outside of the
   * process.
   */
  List<String> left();
}
