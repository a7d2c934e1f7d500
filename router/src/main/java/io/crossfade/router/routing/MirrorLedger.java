package io.crossfade.router.routing;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.control.RefusedRecords.Refused;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.Remainder;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import io.crossfade.router.RouterMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which copies did not reach the other path, and what a path refused though the other may
 * have it, so that the comparison can say why a row is missing. Written by a thread of its own: the
 * mirror costs the serving path nothing.
 */
public final class MirrorLedger implements AutoCloseable, Remainder {

  private static final Logger log = LoggerFactory.getLogger(MirrorLedger.class);

  /** Records that may wait; more are counted and stay unexplained. */
  private static final int CAPACITY = 100_000;

  private static final int AT_ONCE = 1_000;
  private static final long PAUSE_MS = 1_000;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  /** What a path has not got. */
  private sealed interface Note {
    DeliveryPath path();
  }

  private record Drop(DeliveryPath path, Acceptance copy) implements Note {}

  private record Refusal(DeliveryPath path, Refused refused) implements Note {}

  private final DroppedMirrors dropped;
  private final RefusedRecords refused;
  private final BlockingQueue<Note> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final Counter forgotten;
  private final SupervisedLoop loop;

  /** Taken from those that wait and not kept yet; outlives whatever a step fails with. */
  private final Queue<Note> inHand = new ConcurrentLinkedQueue<>();

  /** How many are noted and not kept: on its way from one to the other, a note is in neither. */
  private final AtomicInteger open = new AtomicInteger();

  public MirrorLedger(
      DroppedMirrors dropped, RefusedRecords refused, MeterRegistry meters, Loops loops) {
    this.dropped = dropped;
    this.refused = refused;
    this.forgotten =
        Counter.builder(RouterMeter.MIRROR_FORGOTTEN.id())
            .description(RouterMeter.MIRROR_FORGOTTEN.description())
            .register(meters);
    this.loop = loops.startDraining(RouterLoop.MIRROR_LEDGER, "", this::keepSome);
  }

  /** Takes note of copies that a path did not take; waits for nothing. */
  void dropped(DeliveryPath path, List<? extends AcceptedRecord> copies) {
    copies.forEach(copy -> note(new Drop(path, copy.acceptance())));
  }

  /** Takes note of records that a path refused and the other may have; waits for nothing. */
  void refused(DeliveryPath path, List<? extends AcceptedRecord> records) {
    records.forEach(
        record -> {
          Acceptance of = record.acceptance();
          note(new Refusal(path, new Refused(record.kind(), of.id(), of.stamp())));
        });
  }

  private void note(Note note) {
    open.incrementAndGet();
    if (!waiting.offer(note)) {
      open.decrementAndGet();
      forgotten.increment();
    }
  }

  /** Whether everything that was noted is kept. */
  public boolean settled() {
    return open.get() == 0;
  }

  @Override
  public List<String> left() {
    int left = open.get();
    return left == 0
        ? List.of()
        : List.of(left + " dropped or refused records that stay unexplained");
  }

  @Override
  public void close() {
    loop.stop(STOP_PATIENCE);
    left().forEach(log::warn);
  }

  private Next keepSome(SupervisedLoop self) throws SQLException, InterruptedException {
    boolean last = self.stopping();
    if (inHand.isEmpty()) {
      Note first = last ? waiting.poll() : waiting.poll(PAUSE_MS, TimeUnit.MILLISECONDS);
      if (first == null) {
        return last ? Next.end() : Next.again();
      }
      inHand.add(first);
      waiting.drainTo(inHand, AT_ONCE);
    }
    // Noted twice is noted once: when one path's cannot be kept, all are tried again.
    for (DeliveryPath path : DeliveryPath.values()) {
      List<Note> ofPath = inHand.stream().filter(note -> note.path() == path).toList();
      dropped.keep(path, of(ofPath, Drop.class).map(Drop::copy).toList());
      refused.keep(path, of(ofPath, Refusal.class).map(Refusal::refused).toList());
    }
    open.addAndGet(-inHand.size());
    inHand.clear();
    return Next.again();
  }

  private static <N extends Note> Stream<N> of(List<Note> notes, Class<N> sort) {
    return notes.stream().filter(sort::isInstance).map(sort::cast);
  }
}
