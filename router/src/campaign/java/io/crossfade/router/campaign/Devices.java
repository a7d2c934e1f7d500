package io.crossfade.router.campaign;

import io.crossfade.db.Kind;
import io.crossfade.router.campaign.Truth.Attempt;
import io.crossfade.router.campaign.Truth.Made;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Watches that upload and, as those in the field do, keep an upload until it is answered with 200.
 * A few give up after a refusal, and are never heard of again with that record.
 */
final class Devices {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PACE = Duration.ofMillis(150);
  private static final Duration RETRY = Duration.ofMillis(300);
  private static final Duration LAST_TRIES = Duration.ofSeconds(60);
  private static final long EPOCH_SECOND = 1_757_808_900L;

  /** One in so many gives up. */
  private static final int GIVES_UP = 30;

  private final List<JarProcess> routers;
  private final Truth truth;
  private final String prefix;
  private final int devices;
  private final long seed;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final LongAdder uploads = new LongAdder();
  private final AtomicLong running = new AtomicLong();
  private volatile boolean ending;
  private volatile long lastTryBy = Long.MAX_VALUE;

  Devices(List<JarProcess> routers, Truth truth, String prefix, int devices, long seed) {
    this.routers = routers;
    this.truth = truth;
    this.prefix = prefix;
    this.devices = devices;
    this.seed = seed;
  }

  void start() {
    for (int device = 0; device < devices; device++) {
      int number = device;
      running.incrementAndGet();
      Thread.ofVirtual().start(() -> live(number));
    }
  }

  /** Makes no more records; what was made is still uploaded. */
  void end() {
    lastTryBy = System.nanoTime() + LAST_TRIES.toNanos();
    ending = true;
  }

  boolean isRunning() {
    return running.get() > 0;
  }

  long uploads() {
    return uploads.sum();
  }

  private void live(int number) {
    Random random = new Random(seed * 1_000_003 + number);
    String device = "%s%03d".formatted(prefix, number);
    int second = 0;
    try {
      while (!ending) {
        List<Made> made = make(device, second, random);
        second += made.size();
        upload(made, random);
        Thread.sleep(PACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running.decrementAndGet();
    }
  }

  private static List<Made> make(String device, int second, Random random) {
    int dice = random.nextInt(100);
    Kind kind = dice < 60 ? Kind.HEALTH : dice < 80 ? Kind.DEVICE : Kind.EVENT;
    String type = kind != Kind.EVENT ? "" : dice < 86 ? "SOS_EVENT" : "WEAR_STATUS_CHANGED";
    int items = dice < 12 ? 3 : 1;
    List<Made> made = new ArrayList<>();
    for (int item = 0; item < items; item++) {
      made.add(new Made(kind, device, second + item, random.nextInt(1, 100), type));
    }
    return made;
  }

  private void upload(List<Made> made, Random random) throws InterruptedException {
    Kind kind = made.getFirst().kind();
    boolean v2 = random.nextInt(8) == 0;
    boolean patient = random.nextInt(GIVES_UP) != 0;
    String path =
        switch (kind.name()) {
          case "HEALTH" -> "/upload_health_data";
          case "DEVICE" -> "/upload_device_info";
          default -> "/upload_common_event";
        };
    String body = body(made);
    List<Attempt> attempts = new ArrayList<>();
    int at = random.nextInt(routers.size());
    while (true) {
      JarProcess router = routers.get(at++ % routers.size());
      long from = System.currentTimeMillis();
      int status = send(router, path + (v2 ? "_v2" : ""), body);
      attempts.add(new Attempt(router.name(), from, System.currentTimeMillis(), status));
      uploads.increment();
      if (status == 200 || !patient || System.nanoTime() - lastTryBy > 0) {
        truth.add(made, attempts);
        return;
      }
      Thread.sleep(RETRY);
    }
  }

  private int send(JarProcess router, String path, String body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + router.port() + path))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      boolean taken =
          response.body().contains("\"success\"") || response.body().contains("\"accepted\"");
      // An answer that is neither 200 with success nor 503 is a fault of its own.
      return response.statusCode() == 200 && !taken ? 299 : response.statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static String body(List<Made> made) {
    Made first = made.getFirst();
    long time = EPOCH_SECOND + first.second();
    return switch (first.kind().name()) {
      case "HEALTH" ->
          made.stream()
              .map(
                  one ->
                      "{\"deviceSn\":\"%s\",\"heart_rate\":%d,\"step\":%d,\"timestamp\":%d}"
                          .formatted(
                              one.device(),
                              one.number(),
                              one.second(),
                              EPOCH_SECOND + one.second()))
              .collect(
                  Collectors.joining(
                      ",",
                      made.size() == 1 ? "{\"data\":" : "{\"data\":[",
                      made.size() == 1 ? "}" : "]}"));
      case "DEVICE" ->
          "{\"SerialNumber\":\"%s\",\"batteryLevel\":%d,\"timestamp\":%d}"
              .formatted(first.device(), first.number(), time);
      default ->
          "{\"deviceSn\":\"%s\",\"eventType\":\"com.tdtech.ohos.action.%s\",\"eventValue\":\"%d\",\"timestamp\":%d}"
              .formatted(first.device(), first.type(), first.number(), time);
    };
  }
}
