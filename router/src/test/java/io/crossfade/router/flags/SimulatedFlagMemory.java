package io.crossfade.router.flags;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A disk that outlives its router, and may be full. */
final class SimulatedFlagMemory implements FlagMemory {

  boolean full;
  private @Nullable Kept content;

  @Override
  public Optional<Kept> load() {
    return Optional.ofNullable(content);
  }

  @Override
  public void keep(Kept kept) throws IOException {
    if (full) {
      throw new IOException("No space left on device");
    }
    content = kept;
  }
}
