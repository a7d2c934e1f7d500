package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.Kind;
import io.crossfade.db.SqlFaults;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.budget.Stage;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.routing.UploadRouter;
import io.crossfade.router.routing.UploadRouter.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One endpoint for devices: read, keep what is unreadable, route, answer. A plain servlet, since
 * devices need none of what a web framework does between the socket and here.
 */
public final class UploadServlet extends HttpServlet {

  private static final Logger log = LoggerFactory.getLogger(UploadServlet.class);

  /** Virtual threads use a buffer once: kept per thread, as by default, it would serve nobody. */
  private static final ObjectWriter JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .build()
          .writerFor(ObjectNode.class);

  /** What a request takes of the heap beside its body: Tomcat's buffers, most of it. */
  private static final int FRAME = 64 * 1024;

  private final transient Kind kind;
  private final transient boolean v2;
  private final transient Answers answers;
  private final transient UploadReader reader;
  private final transient UploadRouter router;
  private final transient DeadLetters deadLetters;
  private final transient MeterRegistry meters;
  private final transient DeviceTokens tokens;
  private final int maxBody;
  private final transient ByteBudget budget;
  private final transient SlowBodies slowBodies;

  private final transient Map<TurnedAway, Counter> turnedAway = new EnumMap<>(TurnedAway.class);

  /** By status of the answer; looking a meter up by its tags costs more than recording. */
  private final transient Map<Integer, Timer> timers = new ConcurrentHashMap<>();

  /**
   * @param v2 whether clients of this endpoint ask for the stream and expect the new shape of
   *     answers
   * @param tokens of which a device must send one
   * @param maxBody bytes
   * @param slowBodies those that are still coming
   */
  public UploadServlet(
      Kind kind,
      boolean v2,
      UploadReader reader,
      UploadRouter router,
      DeadLetters deadLetters,
      MeterRegistry meters,
      DeviceTokens tokens,
      int maxBody,
      ByteBudget budget,
      SlowBodies slowBodies) {
    this.kind = kind;
    this.v2 = v2;
    this.answers = Answers.of(kind, v2);
    this.reader = reader;
    this.router = router;
    this.deadLetters = deadLetters;
    this.meters = meters;
    this.tokens = tokens;
    this.maxBody = maxBody;
    // An alert on an increase needs a series that was there before.
    for (TurnedAway why : TurnedAway.values()) {
      turnedAway.put(
          why,
          Counter.builder(RouterMeter.TURNED_AWAY.id())
              .description(RouterMeter.TURNED_AWAY.description())
              .tag("reason", why.name())
              .register(meters));
    }
    this.budget = budget;
    this.slowBodies = slowBodies;
  }

  /** Path of an endpoint, for example {@code /upload_health_data_v2}. */
  public static String path(Kind kind, boolean v2) {
    String path = kind.definition().endpoint();
    return v2 ? path + "_v2" : path;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long begin = System.nanoTime();
    BadUploadException refusal = refusal(request, response);
    if (refusal != null) {
      refuse(request, response, refusal, begin);
      return;
    }
    Lease lease = budget.lease(Stage.UPLOADS);
    boolean later = false;
    try {
      long length = request.getContentLengthLong();
      if (!hasRoom(lease, length)) {
        turnAway(TurnedAway.NO_ROOM, response);
      } else if (length >= 0 && request.getInputStream().available() >= length) {
        lease.take(length);
        handle(request.getInputStream().readNBytes((int) length), lease, response);
      } else if (!slowBodies.open()) {
        turnAway(TurnedAway.GAVE_WAY, response);
      } else {
        ArrivingBody.await(request, maxBody, lease, slowBodies, new Later(lease, null, begin));
        later = true;
      }
    } catch (NoRoomException e) {
      turnAway(TurnedAway.NO_ROOM, response);
    } finally {
      if (!later) {
        lease.close();
        answered(begin, response);
      }
    }
  }

  /** Why an upload is refused whatever its body says. */
  private @Nullable BadUploadException refusal(
      HttpServletRequest request, HttpServletResponse response) {
    if (!"POST".equals(request.getMethod())) {
      response.setHeader("Allow", "POST");
      return new BadUploadException(Problem.METHOD);
    }
    if (!tokens.accept(request)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      return new BadUploadException(Problem.NO_TOKEN);
    }
    if (request.getContentLengthLong() > maxBody) {
      return tooLarge();
    }
    return isEncoded(request) ? new BadUploadException(Problem.ENCODED) : null;
  }

  /** Answers; what is still coming of the body is read before, so that the device sees it. */
  private void refuse(
      HttpServletRequest request,
      HttpServletResponse response,
      BadUploadException refusal,
      long begin)
      throws IOException {
    long left = request.getContentLengthLong() - request.getInputStream().available();
    Lease lease = budget.lease(Stage.UPLOADS);
    if (left > 0 && left <= ArrivingBody.MOST_DROPPED && slowBodies.open() && hasRoom(lease, 0)) {
      ArrivingBody.await(request, 0, lease, slowBodies, new Later(lease, refusal, begin));
    } else {
      lease.close();
      answer(response, refusal);
      answered(begin, response);
    }
  }

  /** Takes what a request takes beside its body; what is slow gives way. */
  private boolean hasRoom(Lease lease, long length) {
    long wanted = FRAME + Math.max(0, length);
    if (budget.room(Stage.UPLOADS) < wanted) {
      slowBodies.makeRoom();
      if (budget.room(Stage.UPLOADS) < wanted) {
        budget.refuse(Stage.UPLOADS);
        return false;
      }
    }
    return lease.tryTake(FRAME);
  }

  private void handle(byte[] body, Lease lease, HttpServletResponse response) throws IOException {
    try {
      accept(reader.read(kind, body, lease), response);
    } catch (BadUploadException e) {
      answer(response, e);
    } catch (NoNodeException e) {
      log.debug("Cannot take an upload to {}: {}", path(kind, v2), e.getMessage());
      // One for the upload: without a stamp there are no records yet.
      meters.counter(RouterMeter.REFUSED.id(), "kind", kind.label()).increment();
      answer(response, Problem.STARTING);
    } catch (NoRoomException e) {
      turnAway(TurnedAway.NO_ROOM, response);
    } catch (RuntimeException e) {
      log.error("Cannot handle an upload to {}", path(kind, v2), e);
      answer(response, Problem.INTERNAL);
    }
  }

  private void turnAway(TurnedAway why, HttpServletResponse response) throws IOException {
    Objects.requireNonNull(turnedAway.get(why)).increment();
    answer(response, why == TurnedAway.SLOW ? Problem.TOO_SLOW : Problem.NO_ROOM);
  }

  private void answered(long begin, HttpServletResponse response) {
    timers
        .computeIfAbsent(response.getStatus(), this::timer)
        .record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
  }

  /** An upload whose body comes after its head. */
  private final class Later implements ArrivingBody.End {

    private final Lease lease;
    private final @Nullable BadUploadException refusal;
    private final long begin;

    /**
     * @param refusal the answer, if that is known already
     */
    Later(Lease lease, @Nullable BadUploadException refusal, long begin) {
      this.lease = lease;
      this.refusal = refusal;
      this.begin = begin;
    }

    @Override
    public void whole(byte @Nullable [] body, HttpServletResponse response) throws IOException {
      try (lease) {
        if (body != null) {
          handle(body, lease, response);
        } else {
          answer(response, refusal == null ? tooLarge() : refusal);
        }
      } finally {
        answered(begin, response);
      }
    }

    @Override
    public void turnedAway(TurnedAway why, HttpServletResponse response) throws IOException {
      try (lease) {
        turnAway(why, response);
      } finally {
        answered(begin, response);
      }
    }

    @Override
    public void gone() {
      lease.close();
    }
  }

  private void accept(Upload upload, HttpServletResponse response) throws IOException {
    try {
      deadLetters.keep(upload.unreadable());
    } catch (SQLException e) {
      // Accepting its neighbours would lose the item: the device keeps the upload and comes again.
      log.warn(
          "Cannot keep {} unreadable {} items: {}; the device is asked to retry",
          upload.unreadable().size(),
          kind.label(),
          SqlFaults.describe(e));
      answer(response, Problem.NO_ROOM);
      return;
    }
    upload
        .reasons()
        .forEach(
            reason ->
                meters
                    .counter(
                        RouterMeter.UNREADABLE.id(), "kind", kind.label(), "reason", reason.name())
                    .increment());
    Outcome outcome =
        upload.records().isEmpty()
            ? new Outcome(true, List.of())
            : router.route(upload.records(), v2);
    if (outcome.accepted()) {
      answer(response, answers.accepted(upload, outcome));
    } else {
      answer(response, router.isStarting() ? Problem.STARTING : Problem.NO_ROOM);
    }
  }

  private Timer timer(int status) {
    return Timer.builder(RouterMeter.ACCEPT.id())
        .description(RouterMeter.ACCEPT.description())
        .tag("endpoint", path(kind, v2))
        .tag("outcome", String.valueOf(status))
        .publishPercentileHistogram()
        .register(meters);
  }

  /** {@code identity}, or nothing, says that the body is as it is. */
  private static boolean isEncoded(HttpServletRequest request) {
    return Collections.list(request.getHeaders("Content-Encoding")).stream()
        .flatMap(header -> Arrays.stream(header.split(",")))
        .map(String::strip)
        .anyMatch(coding -> !coding.isEmpty() && !"identity".equalsIgnoreCase(coding));
  }

  private BadUploadException tooLarge() {
    return new BadUploadException(Problem.TOO_LARGE, maxBody);
  }

  private void answer(HttpServletResponse response, Problem problem) throws IOException {
    if (problem.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", "5");
    }
    answer(response, answers.refused(problem, 0));
  }

  private void answer(HttpServletResponse response, BadUploadException refusal) throws IOException {
    answer(response, answers.refused(refusal.problem(), refusal.limit()));
  }

  private static void answer(HttpServletResponse response, Answers.Answer answer)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(answer.body());
    response.setStatus(answer.status());
    response.setContentType(answer.contentType());
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
