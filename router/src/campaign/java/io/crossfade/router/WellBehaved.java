package io.crossfade.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Devices that upload measurements at a rate, and remember what they were told. */
final class WellBehaved implements AutoCloseable {

  private static final int DEVICES = 32;

  private final Map<String, AtomicInteger> accepted = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> devices = new ArrayList<>();

  /**
   * @param name of the crowd: no two share one
   * @param rate uploads per second of all devices together
   * @param items measurements of an upload
   */
  WellBehaved(Http http, String path, String name, int rate, int items) {
    long interval = TimeUnit.SECONDS.toNanos(DEVICES) / rate;
    long begin = System.nanoTime();
    for (int i = 0; i < DEVICES; i++) {
      String device = name + "-" + i;
      long first = begin + interval * i / DEVICES;
      devices.add(
          Thread.ofVirtual().start(() -> upload(http, path, device, items, first, interval)));
    }
  }

  /** How long an answer took counts from when its upload was due: it may have had to wait. */
  private void upload(Http http, String path, String device, int items, long first, long interval) {
    try {
      int second = 0;
      for (long due = first;
          !over.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
          due += interval, second += items) {
        try {
          int status = http.post(path, body(device, second, items)).status();
          nanos.add(System.nanoTime() - due);
          switch (status) {
            case 200 -> accepted.computeIfAbsent(device, d -> new AtomicInteger()).addAndGet(items);
            case 503 -> refused.incrementAndGet();
            default -> failures.add("status " + status);
          }
          answered.incrementAndGet();
        } catch (IllegalStateException e) {
          failures.add(String.valueOf(e.getCause()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String body(String device, int second, int items) {
    return IntStream.range(second, second + items)
        .mapToObj(
            each ->
                "{\"deviceSn\":\"%s\",\"heart_rate\":72,\"timestamp\":%d}"
                    .formatted(device, 1_757_808_900L + each))
        .collect(Collectors.joining(",", "{\"data\":[", "]}"));
  }

  int answered() {
    return answered.get();
  }

  /** How many measurements the router said that it has, by device. */
  Map<String, Integer> accepted() {
    Map<String, Integer> counts = new HashMap<>();
    accepted.forEach((device, count) -> counts.put(device, count.get()));
    return counts;
  }

  int refused() {
    return refused.get();
  }

  /** What was no answer, or one that no device knows. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Which part of the answers took no longer, ms; only to be printed. */
  double millis(double fraction) {
    long[] sorted = nanos.stream().mapToLong(n -> n).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * fraction)] / 1e6;
  }

  @Override
  public void close() throws InterruptedException {
    over.countDown();
    for (Thread device : devices) {
      device.join();
    }
  }
}
