package io.crossfade.router.routing;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.DroppedMirrors;
import io.crossfade.db.RecordId;
import io.crossfade.router.RouterMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which copies did not reach the other path, so that the comparison can say why a row is
 * missing. Written by a thread of its own: the mirror costs the serving path nothing.
 */
public final class MirrorLedger implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MirrorLedger.class);

  /** Records that may wait; more are counted and stay unexplained. */
  private static final int CAPACITY = 100_000;

  private static final int AT_ONCE = 1_000;
  private static final long PAUSE_MS = 1_000;
  private static final long STOP_PATIENCE_MS = 10_000;

  private record Drop(DeliveryPath path, RecordId copy) {}

  private final DroppedMirrors dropped;
  private final BlockingQueue<Drop> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final Counter forgotten;
  private final Thread thread;
  private volatile boolean closed;

  public MirrorLedger(DroppedMirrors dropped, MeterRegistry meters) {
    this.dropped = dropped;
    this.forgotten =
        Counter.builder(RouterMeter.MIRROR_FORGOTTEN.id())
            .description(RouterMeter.MIRROR_FORGOTTEN.description())
            .register(meters);
    this.thread =
        Thread.ofPlatform().name("mirror-ledger").daemon(true).start(this::keepUntilClosed);
  }

  /** Takes note of copies that a path did not take; waits for nothing. */
  void dropped(DeliveryPath path, List<? extends AcceptedRecord> copies) {
    for (AcceptedRecord copy : copies) {
      if (!waiting.offer(new Drop(path, copy.acceptance().id()))) {
        forgotten.increment();
      }
    }
  }

  /** Whether everything that was noted is kept. */
  public boolean settled() {
    return waiting.isEmpty();
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(STOP_PATIENCE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keepUntilClosed() {
    List<Drop> drops = new ArrayList<>();
    try {
      while (!closed || !waiting.isEmpty()) {
        Drop first = waiting.poll(PAUSE_MS, TimeUnit.MILLISECONDS);
        if (first != null) {
          drops.add(first);
          waiting.drainTo(drops, AT_ONCE);
          keep(drops);
          drops.clear();
        }
      }
    } catch (InterruptedException e) {
      log.warn("{} dropped copies stay unexplained", waiting.size() + drops.size());
    }
  }

  private void keep(List<Drop> drops) throws InterruptedException {
    Map<DeliveryPath, List<RecordId>> byPath = new EnumMap<>(DeliveryPath.class);
    drops.forEach(
        drop -> byPath.computeIfAbsent(drop.path(), path -> new ArrayList<>()).add(drop.copy()));
    for (Map.Entry<DeliveryPath, List<RecordId>> some : byPath.entrySet()) {
      while (true) {
        try {
          dropped.keep(some.getKey(), some.getValue());
          break;
        } catch (SQLException e) {
          if (closed) {
            log.warn(
                "{} dropped copies stay unexplained: {}", some.getValue().size(), e.getMessage());
            break;
          }
          TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
      }
    }
  }
}
