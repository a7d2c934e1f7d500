package io.crossfade.router.overview;

import static io.crossfade.router.overview.Alert.Condition.LETTERS_OF_INTAKE;
import static io.crossfade.router.overview.Alert.Condition.LETTERS_OF_OUTPUTS;

import io.crossfade.db.Kind;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.RouterInstances.Up;
import io.crossfade.db.process.LoopReport;
import io.crossfade.reconciler.OpenFindings.Count;
import io.crossfade.reconciler.OpenFindings.Found;
import io.crossfade.reconciler.nightly.NightlyReport;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.gates.Finding;
import io.crossfade.router.overview.Alert.Condition;
import io.crossfade.router.overview.Situation.OfKind;
import io.crossfade.router.overview.Situation.Shared;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what needs a person. Pure: the caller has the figures, and what it could not ask is a
 * condition of its own, never nothing.
 */
final class AlertPolicy {

  /** Letters, and lost records: a person deals with more as with so many. */
  static final int MOST_COUNTED = 10_000;

  private static final String ROLLOUT = "/console/rollout";
  private static final String ROUTERS = ROLLOUT + "#routers";
  private static final String LETTERS = "/console/dead-letters?state=open";
  private static final String REPORTS = "/console/reports";
  private static final String STREAMS = "/console/streams";
  private static final String DIFFERENCES = "/console/differences";

  /**
   * What is too old.
   *
   * @param flags since they were last read
   * @param backlog of the oldest entry whose row is not committed
   * @param compared since the end of the newest compared window, while dual write is on
   */
  record Limits(Duration flags, Duration backlog, Duration compared) {}

  private final Limits limits;

  AlertPolicy(Limits limits) {
    this.limits = limits;
  }

  /** What needs a person, the worst first. */
  List<Alert> alerts(Situation now) {
    return Arrays.stream(Condition.values()).flatMap(of -> alerts(of, now)).toList();
  }

  private Stream<Alert> alerts(Condition of, Situation now) {
    return switch (of) {
      case CONTROL_AWAY -> when(now.shared() == null, of, ROLLOUT);
      case URGENT_MISSING ->
          found(of, now, found -> found.urgentMissing().rows() > 0, AlertPolicy::urgentMissing);
      case LOST -> lost(of, now);
      case LETTERS_DROPPED -> when(!now.lettersDropped().isEmpty(), of, LETTERS);
      case NO_STAGE -> kinds(of, now, OfKind::noStage, (kind, at) -> List.of());
      case ROUTER_SILENT ->
          shared(now)
              .flatMap(shared -> shared.silent().stream())
              .map(
                  router ->
                      alert(of, null, ROUTERS, router.instance(), Finding.age(router.since())));
      case LOOP_DEAD -> loops(of, now, loop -> !loop.state().alive());
      case PROOF_BROKEN ->
          found(of, now, found -> found.brokenProofs() > 0, found -> counts(found.brokenProofs()));
      case NIGHT_FAILED -> night(of, now, night -> night.verdict() == Verdict.FAIL);
      case REDIS_AWAY -> when(!now.redisAnswers(), of, STREAMS);
      case BREAKER_OPEN -> breakers(of, now);
      case BACKLOG_OLD -> backlogs(of, now);
      case QUEUE_FILLING ->
          kinds(
              of,
              now,
              kind -> kind.queue().isFilling(),
              (kind, at) -> List.of(kind.queue().percentText()));
      case QUEUE_FILLING_ELSEWHERE ->
          others(now)
              .filter(AlertPolicy::isFilling)
              .map(
                  other -> alert(of, null, ROLLOUT, other.instance(), other.fullestQueue() + " %"));
      case BREAKER_UNKNOWN ->
          others(now)
              .filter(other -> breaker(other) == null || other.fullestQueue() == null)
              .map(other -> alert(of, null, ROLLOUT, other.instance()));
      case UNEXPLAINED ->
          found(
              of,
              now,
              found -> found.unexplained().rows() > 0,
              found -> List.of(atLeast(found.unexplained())));
      case FELL_BACK -> fallbacks(of, now);
      case ROLLBACK_WAITS -> when(now.flags().rollbackWaits(), of, ROLLOUT);
      case FLAGS_OLD ->
          when(
              !now.flags().readable() || now.flags().age().compareTo(limits.flags()) > 0,
              of,
              ROLLOUT,
              Finding.age(now.flags().age()));
      case FLAGS_NOT_KEPT -> when(!now.flags().kept(), of, ROLLOUT);
      case LETTERS_OF_OUTPUTS, LETTERS_OF_INTAKE -> letters(of, now);
      case NIGHT_MISSING ->
          shared(now)
              .flatMap(shared -> Stream.ofNullable(shared.overdueNight()))
              .map(day -> alert(of, null, REPORTS, day.toString()));
      case NOT_COMPARED -> notCompared(of, now);
      case NOTHING_TO_PLANT_IN ->
          found(of, now, found -> found.unproven() > 0, found -> counts(found.unproven()));
      case LOOP_FAILING -> loops(of, now, loop -> loop.state() == LoopReport.State.FAILING);
      case NIGHT_INCONCLUSIVE ->
          night(
              of,
              now,
              night ->
                  night.verdict() == Verdict.INCONCLUSIVE
                      // A day without an upload needs nobody.
                      && !night.reasons().equals(List.of(Reason.NOTHING_COMPARED)));
      case COMPARING_PAUSED ->
          shared(now)
              .flatMap(shared -> Stream.ofNullable(shared.pause()))
              .map(pause -> alert(of, null, DIFFERENCES, pause.actor(), pause.reason()));
      case HELD ->
          shared(now)
              .flatMap(shared -> shared.holds().entrySet().stream())
              .map(
                  held ->
                      alert(
                          of,
                          held.getKey(),
                          kindAt(ROLLOUT, held.getKey()),
                          held.getValue().actor(),
                          held.getValue().reason()));
    };
  }

  private static Stream<Alert> lost(Condition of, Situation now) {
    return shared(now)
        .flatMap(shared -> shared.lost().entrySet().stream())
        .filter(lost -> lost.getValue() > 0)
        .map(
            lost ->
                alert(
                    of,
                    lost.getKey(),
                    DIFFERENCES + "?kind=" + lost.getKey().label(),
                    atMost(lost.getValue())));
  }

  private Stream<Alert> backlogs(Condition of, Situation now) {
    return kinds(
        of,
        now,
        kind -> kind.backlogAge() != null && kind.backlogAge().compareTo(limits.backlog()) > 0,
        (kind, at) ->
            kind.backlogAge() == null
                ? List.of()
                : List.of(Finding.age(kind.backlogAge()), Finding.age(limits.backlog())));
  }

  private static Stream<Alert> fallbacks(Condition of, Situation now) {
    return kinds(
        of,
        now,
        kind -> kind.fallbackPercent() != null && kind.fallbackPercent() > 0,
        (kind, at) -> List.of(String.format(Locale.ROOT, "%.2f %%", kind.fallbackPercent())));
  }

  private Stream<Alert> notCompared(Condition of, Situation now) {
    return kinds(
        of,
        now,
        kind ->
            kind.dualWrite()
                && kind.comparedUntil() != null
                && kind.comparedUntil().plus(limits.compared()).isBefore(now.at()),
        (kind, at) ->
            kind.comparedUntil() == null
                ? List.of()
                : List.of(
                    Finding.age(Duration.between(kind.comparedUntil(), at.at())),
                    Finding.age(limits.compared())));
  }

  private static Stream<Alert> letters(Condition of, Situation now) {
    return shared(now)
        .mapToInt(
            shared ->
                shared.letters().entrySet().stream()
                    .filter(letters -> of == condition(letters.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .sum())
        .filter(open -> open > 0)
        .mapToObj(open -> alert(of, null, LETTERS, atMost(open)));
  }

  private static Condition condition(Source source) {
    return switch (source) {
      case LEGACY, STREAM -> LETTERS_OF_OUTPUTS;
      case INTAKE -> LETTERS_OF_INTAKE;
    };
  }

  private static Stream<Alert> night(Condition of, Situation now, Predicate<NightlyReport> isSo) {
    return shared(now)
        .flatMap(shared -> Stream.ofNullable(shared.night()))
        .filter(isSo)
        .map(night -> alert(of, null, REPORTS + "/" + night.id(), night.day().toString()));
  }

  private static Stream<Alert> loops(Condition of, Situation now, Predicate<LoopReport> isSo) {
    String names =
        now.loops().stream()
            .filter(isSo)
            .map(loop -> loop.thread() + " (" + Finding.age(loop.silent()) + ")")
            .collect(Collectors.joining(", "));
    return when(!names.isEmpty(), of, ROLLOUT, names);
  }

  private static Stream<Alert> found(
      Condition of, Situation now, Predicate<Found> isSo, Function<Found, List<String>> values) {
    return shared(now)
        .flatMap(shared -> shared.findings().entrySet().stream())
        .filter(found -> isSo.test(found.getValue()))
        .map(
            found ->
                new Alert(
                    of,
                    found.getKey(),
                    values.apply(found.getValue()),
                    differences(found.getKey(), found.getValue())));
  }

  private static String differences(Kind kind, Found found) {
    return found.run().isEmpty()
        ? DIFFERENCES
        : "%s?run=%d&kind=%s".formatted(DIFFERENCES, found.run().getAsLong(), kind.label());
  }

  private static List<String> urgentMissing(Found found) {
    return List.of(atLeast(found.urgentMissing()), atLeast(found.urgentUnexplained()));
  }

  private static Stream<Alert> kinds(
      Condition of,
      Situation now,
      Predicate<OfKind> isSo,
      BiFunction<OfKind, Situation, List<String>> values) {
    return now.kinds().entrySet().stream()
        .filter(kind -> isSo.test(kind.getValue()))
        .map(
            kind ->
                new Alert(
                    of,
                    kind.getKey(),
                    values.apply(kind.getValue(), now),
                    kindAt(ROLLOUT, kind.getKey())));
  }

  private static Stream<Alert> breakers(Condition of, Situation now) {
    Stream<String> here = isOpen(now.breaker()) ? Stream.of(now.router()) : Stream.empty();
    Stream<String> elsewhere =
        others(now)
            .filter(
                other -> {
                  CircuitBreaker.State breaker = breaker(other);
                  return breaker != null && isOpen(breaker);
                })
            .map(Up::instance);
    return Stream.concat(here, elsewhere).map(router -> alert(of, null, STREAMS, router));
  }

  private static boolean isFilling(Up router) {
    Integer percent = router.fullestQueue();
    return percent != null && percent >= QueueFill.FILLING;
  }

  /** {@code null} when another release does not say, or says what this one does not know. */
  private static CircuitBreaker.@Nullable State breaker(Up router) {
    return Arrays.stream(CircuitBreaker.State.values())
        .filter(state -> state.name().equals(router.breaker()))
        .findFirst()
        .orElse(null);
  }

  private static boolean isOpen(CircuitBreaker.State breaker) {
    return switch (breaker) {
      case OPEN, HALF_OPEN, FORCED_OPEN -> true;
      case CLOSED, DISABLED, METRICS_ONLY -> false;
    };
  }

  private static Stream<Up> others(Situation now) {
    return shared(now).flatMap(shared -> shared.others().stream());
  }

  private static Stream<Shared> shared(Situation now) {
    return Stream.ofNullable(now.shared());
  }

  private static Stream<Alert> when(boolean isSo, Condition of, String page, String... values) {
    return isSo ? Stream.of(alert(of, null, page, values)) : Stream.empty();
  }

  private static Alert alert(Condition of, @Nullable Kind kind, String page, String... values) {
    return new Alert(of, kind, List.of(values), page);
  }

  private static String kindAt(String page, Kind kind) {
    return page + "#kind-" + kind.label();
  }

  private static List<String> counts(long rows) {
    return List.of(count(rows));
  }

  private static String count(long rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }

  private static String atMost(int counted) {
    return atLeast(new Count(Math.min(counted, MOST_COUNTED), counted >= MOST_COUNTED));
  }

  private static String atLeast(Count count) {
    return count(count.rows()) + (count.more() ? "+" : "");
  }
}
