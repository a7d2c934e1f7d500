package io.crossfade.db;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one schema stands, as far as was last seen.
 *
 * @param name {@code control}, {@code legacy} or {@code stream}
 * @param place {@code host:port/schema}
 * @param opened whether it was ever in use by this process: its server answered and its tables were
 *     up to date
 * @param trouble why it cannot be used now; {@code null} when it can
 * @param since when that began
 */
public record DatabaseState(
    String name, String place, boolean opened, @Nullable String trouble, Instant since) {

  DatabaseState well(Instant now) {
    return new DatabaseState(name, place, true, null, now);
  }

  /** Trouble goes on under one beginning, whatever it is called meanwhile. */
  DatabaseState troubled(String what, Instant now) {
    return new DatabaseState(name, place, opened, what, trouble == null ? now : since);
  }
}
