package io.crossfade.router.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Simulated devices that upload every shape of the watches, and records of the kinds that files
 * define, to the v1 and v2 endpoints and, as a watch does, keep an upload until it is answered.
 */
final class Fleet {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PACE = Duration.ofMillis(250);
  private static final Duration WATCH_TIMEOUT = Duration.ofSeconds(10);
  private static final int V2_EVERY = 4;

  /** Uploads of each kind that a file defines for one of each shape. */
  private static final int DEFINED = 10;

  private final URI router;
  private final int devices;
  private final Duration duration;
  private final List<Shape> shapes = Kind.all().contains(Kind.HEALTH) ? Shape.all() : List.of();
  private final List<DefinedKind> defined =
      Kind.all().stream()
          .map(Kind::definition)
          .filter(DefinedKind.class::isInstance)
          .map(DefinedKind.class::cast)
          .toList();
  private final DefinedCount count = new DefinedCount();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(WATCH_TIMEOUT).build();
  private final LongAdder uploads = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final Map<Kind, LongAdder> distinct = new ConcurrentHashMap<>();
  private final Map<Kind, LongAdder> untimed = new ConcurrentHashMap<>();
  private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  private final AtomicLong running = new AtomicLong();

  Fleet(URI router, int devices, Duration duration) {
    this.router = router;
    this.devices = devices;
    this.duration = duration;
    for (Kind kind : Kind.values()) {
      distinct.put(kind, new LongAdder());
      untimed.put(kind, new LongAdder());
    }
  }

  void start() {
    long end = System.nanoTime() + duration.toNanos();
    for (int device = 0; device < devices; device++) {
      int number = device;
      running.incrementAndGet();
      Thread.ofVirtual().start(() -> live(number, end));
    }
  }

  boolean isRunning() {
    return running.get() > 0;
  }

  long uploads() {
    return uploads.sum();
  }

  long retries() {
    return retries.sum();
  }

  /** Records with a time of their own that were answered with 200: each must be one row. */
  long distinct(Kind kind) {
    return distinct.get(kind).sum();
  }

  /** Records without a time: those of one device and second are one row. */
  long untimed(Kind kind) {
    return untimed.get(kind).sum();
  }

  /** Answers that the field does not know, at most a few. */
  List<String> surprises() {
    return List.copyOf(surprises);
  }

  /** What must have become of records that files define. */
  DefinedCount defined() {
    return count;
  }

  private void live(int number, long end) {
    Random random = new Random(number);
    String serial = "REH%05d".formatted(number);
    LocalDateTime[] time = {
      LocalDateTime.now(Shape.ZONE).minusDays(1).truncatedTo(ChronoUnit.SECONDS)
    };
    Supplier<LocalDateTime> clock = () -> time[0] = time[0].plusSeconds(1);
    List<DefinedSender> senders =
        defined.stream().map(kind -> new DefinedSender(kind, serial, number, count)).toList();
    List<Function<Boolean, Sending>> todo = new ArrayList<>();
    try {
      while (System.nanoTime() < end) {
        if (todo.isEmpty()) {
          shapes.forEach(
              shape -> todo.add(v2 -> sending(shape, shape.fill(serial, clock, random), v2)));
          senders.forEach(sender -> todo.addAll(Collections.nCopies(DEFINED, sender::next)));
          Collections.shuffle(todo, random);
        }
        upload(todo.removeLast().apply(random.nextInt(V2_EVERY) == 0));
        Thread.sleep(PACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      surprise(String.valueOf(e.getMessage()));
    } finally {
      running.decrementAndGet();
    }
  }

  private void upload(Sending sending) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(router.resolve(UploadServlet.path(sending.kind(), sending.v2())))
            .timeout(WATCH_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(sending.json()))
            .build();
    while (true) {
      try {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        uploads.increment();
        if (response.statusCode() == 503) {
          retries.increment();
          Thread.sleep(PACE);
          continue;
        }
        JsonNode answer = JSON.readTree(response.body());
        if (!sending.answer().isKnown(response.statusCode(), answer)) {
          surprise("%s: %d %s".formatted(sending.name(), response.statusCode(), answer));
        }
        if (response.statusCode() == 200) {
          sending.taken().run();
        }
        return;
      } catch (IOException e) {
        surprise(sending.name() + ": " + e);
        return;
      }
    }
  }

  private Sending sending(Shape shape, Shape.Body body, boolean v2) {
    String known =
        shape.status() != 200 || shape.name().equals("h21_empty_object")
            ? "error"
            : v2 ? "accepted" : "success";
    return new Sending(
        shape.name(),
        shape.kind(),
        body.json(),
        v2,
        (status, answer) ->
            status == shape.status() && known.equals(answer.path("status").asText()),
        () -> count(shape, body));
  }

  private void count(Shape shape, Shape.Body body) {
    distinct.get(shape.kind()).add(body.timed().size());
    untimed.get(shape.kind()).add(body.untimed());
    if (shape.name().equals("e02_event_with_health")) {
      distinct.get(Kind.HEALTH).add(body.timed().size());
    }
  }

  private void surprise(String what) {
    if (surprises.size() < 10) {
      surprises.add(what);
    }
  }
}
