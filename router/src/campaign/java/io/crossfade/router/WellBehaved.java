package io.crossfade.router;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Devices that upload one measurement now and then, and remember what they were told. */
final class WellBehaved implements AutoCloseable {

  private static final int DEVICES = 8;
  private static final long EVERY_MS = 20;

  private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> devices = new ArrayList<>();

  /**
   * @param first second of the first measurement: no two crowds share one
   */
  WellBehaved(Http http, String path, String device, int first) {
    for (int i = 0; i < DEVICES; i++) {
      int own = first + i * 100_000;
      devices.add(Thread.ofVirtual().start(() -> upload(http, path, device, own)));
    }
  }

  private void upload(Http http, String path, String device, int first) {
    try {
      for (int second = first; !over.await(EVERY_MS, TimeUnit.MILLISECONDS); second++) {
        long begin = System.nanoTime();
        try {
          int status = http.post(path, Http.health(device, second)).status();
          nanos.add(System.nanoTime() - begin);
          switch (status) {
            case 200 -> accepted.add(second);
            case 503 -> refused.incrementAndGet();
            default -> failures.add("status " + status);
          }
        } catch (IllegalStateException e) {
          failures.add(String.valueOf(e.getCause()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int answered() {
    return accepted.size() + refused.get();
  }

  /** What the router said that it has, by second. */
  Set<Integer> accepted() {
    return accepted;
  }

  int refused() {
    return refused.get();
  }

  /** What was no answer, or one that no device knows. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** ms; only to be printed. */
  double p99() {
    long[] sorted = nanos.stream().mapToLong(n -> n).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)] / 1e6;
  }

  /** ms; only to be printed. */
  double p50() {
    long[] sorted = nanos.stream().mapToLong(n -> n).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e6;
  }

  @Override
  public void close() throws InterruptedException {
    over.countDown();
    for (Thread device : devices) {
      device.join();
    }
  }
}
