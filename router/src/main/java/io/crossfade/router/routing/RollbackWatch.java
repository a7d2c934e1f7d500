package io.crossfade.router.routing;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.router.flags.KindFlags;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sees the first upload that the memory queue serves after a rollback, of a device that the stream
 * served before. Costs a request one look at a field while nobody waits.
 */
public final class RollbackWatch {

  /** One rollback's wait. */
  public static final class Wait {

    private final Map<Kind, KindFlags> before;
    private final long begin = System.nanoTime();
    private final AtomicLong nanos = new AtomicLong(-1);

    private Wait(Map<Kind, KindFlags> before) {
      this.before = new TreeMap<>(before);
    }

    /** Milliseconds from the rollback to that upload; empty when there was none yet. */
    public OptionalLong millis() {
      long seen = nanos.get();
      return seen < 0 ? OptionalLong.empty() : OptionalLong.of(seen / 1_000_000);
    }

    private void served(AcceptedRecord accepted, boolean asked) {
      KindFlags flags = before.get(accepted.kind());
      if (flags != null && flags.assignment(accepted, asked).byStream()) {
        nanos.compareAndSet(-1, System.nanoTime() - begin);
      }
    }
  }

  private volatile @Nullable Wait waiting;

  /** Begins a wait and ends the one before. */
  public Wait await(Map<Kind, KindFlags> before) {
    Wait wait = new Wait(before);
    waiting = wait;
    return wait;
  }

  /**
   * Told of what the memory queue serves.
   *
   * @param asked whether the client asked for the stream
   */
  public void servedByLegacy(List<AcceptedRecord> records, boolean asked) {
    Wait wait = waiting;
    if (wait != null) {
      records.forEach(record -> wait.served(record, asked));
      if (wait.millis().isPresent()) {
        waiting = null;
      }
    }
  }
}
