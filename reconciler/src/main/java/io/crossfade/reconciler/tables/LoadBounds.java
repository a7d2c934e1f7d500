package io.crossfade.reconciler.tables;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a run waits for others.
 *
 * @param threadsRunning statements at work on one server above which it waits; {@code null} for any
 * @param replicaDelay how far a replica may be behind; {@code null} for however far
 * @param replicas servers that are watched beside the two that are read
 */
public record LoadBounds(
    @Nullable Integer threadsRunning, @Nullable Duration replicaDelay, List<Endpoint> replicas) {

  /** It never waits. */
  public static final LoadBounds NONE = new LoadBounds(null, null, List.of());
}
