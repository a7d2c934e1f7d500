package io.crossfade.router.flags;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a router remembers of the flags when it is started again. */
public interface FlagMemory {

  /**
   * What it knew last.
   *
   * @param stored flags as they were last read
   * @param asOf when that was
   * @param pending what counted here and was not known to be stored, in the order it was decided
   */
  record Kept(RolloutState stored, Instant asOf, List<PendingChange> pending) {

    public Kept {
      Objects.requireNonNull(stored);
      Objects.requireNonNull(asOf);
      pending = List.copyOf(pending);
    }
  }

  /** What it knew last; empty when nothing usable is there. */
  Optional<Kept> load();

  /**
   * Replaces what is there, all or nothing.
   *
   * @throws IOException when the former content stays
   */
  void keep(Kept kept) throws IOException;
}
