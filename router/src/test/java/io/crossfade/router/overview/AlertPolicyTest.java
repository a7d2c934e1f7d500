package io.crossfade.router.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.RouterInstances;
import io.crossfade.db.process.LoopReport;
import io.crossfade.reconciler.OpenFindings;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.nightly.NightlyReport;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.overview.Alert.Condition;
import io.crossfade.router.rollout.Holds;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertPolicyTest {

  private static final Instant NOW = Instant.parse("2026-11-27T03:00:00Z");
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int SITUATIONS = 20_000;

  private static final Set<String> OPEN = Set.of("OPEN", "HALF_OPEN", "FORCED_OPEN");

  /** As another router may say; one of a release before says nothing. */
  private static final List<@Nullable String> BREAKERS =
      Arrays.asList("CLOSED", "OPEN", "HALF_OPEN", "FORCED_OPEN", "DISABLED", "MELTED", null);

  private final AlertPolicy policy =
      new AlertPolicy(new AlertPolicy.Limits(Duration.ofSeconds(5), LIMIT, LIMIT));

  /** What may be wrong, drawn one by one: nothing, something just not wrong, or something wrong. */
  private static final class Draw {
    private final Random random;

    Draw(long seed) {
      random = new Random(seed);
    }

    boolean seldom() {
      return random.nextInt(6) == 0;
    }

    long count() {
      return seldom() ? 1 + random.nextInt(3) : 0;
    }

    <T> T of(List<T> choices) {
      return choices.get(random.nextInt(choices.size()));
    }

    Duration around(Duration limit) {
      return limit.plusMillis(random.nextInt(3) - 1);
    }

    <T> @Nullable T orNull(Supplier<T> value) {
      return seldom() ? value.get() : null;
    }
  }

  @Test
  void exactlyWhatIsWrongIsSaidTheWorstFirst() {
    Set<Condition> seen = EnumSet.noneOf(Condition.class);
    int quiet = 0;
    for (long seed = 0; seed < SITUATIONS; seed++) {
      Situation now = situation(new Draw(seed));
      List<Alert> alerts = policy.alerts(now);
      assertThat(alerts.stream().map(AlertPolicyTest::named))
          .as("seed %d: %s", seed, now)
          .containsExactlyInAnyOrderElementsOf(wrong(now));
      assertThat(alerts).extracting(alert -> alert.condition().severity()).isSorted();
      assertThat(alerts)
          .allSatisfy(
              alert -> {
                assertThat(alert.page()).startsWith("/console/");
                Kind kind = alert.kind();
                if (kind != null && alert.page().contains("kind")) {
                  assertThat(alert.page()).endsWith(kind.label());
                }
              });
      alerts.forEach(alert -> seen.add(alert.condition()));
      quiet += alerts.isEmpty() ? 1 : 0;
    }
    assertThat(seen).containsExactlyInAnyOrder(Condition.values());
    assertThat(quiet).as("nights in which nothing is wrong").isPositive();
  }

  /** Nobody is told a number that is only where the counting ended. */
  @Test
  void whatWasNotCountedToTheEndIsSaidToBeAtLeastSoMuch() {
    Situation quiet = quiet();
    Situation.Shared none = Objects.requireNonNull(quiet.shared());
    Map<Kind, OpenFindings.Found> findings = new TreeMap<>(none.findings());
    findings.put(
        Kind.EVENT,
        new OpenFindings.Found(
            new OpenFindings.Count(500_000, true),
            new OpenFindings.Count(12_000, true),
            rows(7),
            OptionalLong.of(3),
            0,
            0));
    Situation.Shared shared =
        new Situation.Shared(
            findings,
            Map.of(Kind.EVENT, AlertPolicy.MOST_COUNTED, Kind.HEALTH, AlertPolicy.MOST_COUNTED - 1),
            Map.of(Source.INTAKE, 0, Source.LEGACY, 0, Source.STREAM, AlertPolicy.MOST_COUNTED),
            none.holds(),
            none.silent(),
            none.others(),
            none.night(),
            none.overdueNight(),
            none.pause());
    Situation now =
        new Situation(
            quiet.at(),
            quiet.router(),
            quiet.flags(),
            quiet.breaker(),
            quiet.redisAnswers(),
            quiet.loops(),
            quiet.lettersDropped(),
            quiet.kinds(),
            shared);
    assertThat(policy.alerts(now))
        .extracting(alert -> alert.condition() + " " + alert.values())
        .containsExactlyInAnyOrder(
            "URGENT_MISSING [12,000+, 7]",
            "LOST [10,000+]",
            "LOST [9,999]",
            "UNEXPLAINED [500,000+]",
            "LETTERS_OF_OUTPUTS [10,000+]");
  }

  /** The slow and obvious way: a list of everything that would make one call somebody. */
  private static List<String> wrong(Situation now) {
    List<String> wrong = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Situation.OfKind of = Objects.requireNonNull(now.kinds().get(kind));
      add(wrong, of.noStage(), "NO_STAGE", kind);
      add(wrong, of.queue().held() >= 80, "QUEUE_FILLING", kind);
      add(wrong, of.fallbackPercent() != null && of.fallbackPercent() > 0, "FELL_BACK", kind);
      add(
          wrong,
          of.backlogAge() != null && of.backlogAge().toMillis() > LIMIT.toMillis(),
          "BACKLOG_OLD",
          kind);
      add(
          wrong,
          of.dualWrite()
              && of.comparedUntil() != null
              && Duration.between(of.comparedUntil(), now.at()).toMillis() > LIMIT.toMillis(),
          "NOT_COMPARED",
          kind);
    }
    add(wrong, !now.redisAnswers(), "REDIS_AWAY", null);
    add(wrong, OPEN.contains(now.breaker().name()), "BREAKER_OPEN", null);
    add(wrong, !now.lettersDropped().isEmpty(), "LETTERS_DROPPED", null);
    add(wrong, now.flags().rollbackWaits(), "ROLLBACK_WAITS", null);
    add(wrong, !now.flags().kept(), "FLAGS_NOT_KEPT", null);
    add(wrong, !now.flags().readable() || now.flags().age().toMillis() > 5_000, "FLAGS_OLD", null);
    List<String> states = now.loops().stream().map(loop -> loop.state().name()).toList();
    add(wrong, states.contains("DEAD") || states.contains("SILENT"), "LOOP_DEAD", null);
    add(wrong, states.contains("FAILING"), "LOOP_FAILING", null);
    Situation.Shared shared = now.shared();
    if (shared == null) {
      wrong.add("CONTROL_AWAY null");
      return wrong;
    }
    for (Kind kind : Kind.values()) {
      OpenFindings.Found found = Objects.requireNonNull(shared.findings().get(kind));
      add(wrong, found.urgentMissing().rows() != 0, "URGENT_MISSING", kind);
      add(wrong, found.unexplained().rows() != 0, "UNEXPLAINED", kind);
      add(wrong, found.brokenProofs() != 0, "PROOF_BROKEN", kind);
      add(wrong, found.unproven() != 0, "NOTHING_TO_PLANT_IN", kind);
      add(wrong, shared.lost().getOrDefault(kind, 0) != 0, "LOST", kind);
      add(wrong, shared.holds().containsKey(kind), "HELD", kind);
    }
    for (RouterInstances.Up other : shared.others()) {
      String breaker = other.breaker() == null ? "MELTED" : other.breaker();
      int fill = other.fullestQueue() == null ? -1 : other.fullestQueue();
      add(wrong, OPEN.contains(breaker), "BREAKER_OPEN", null);
      add(wrong, fill >= 80, "QUEUE_FILLING_ELSEWHERE", null);
      add(wrong, breaker.equals("MELTED") || fill < 0, "BREAKER_UNKNOWN", null);
    }
    for (RouterInstances.Silent router : shared.silent()) {
      wrong.add("ROUTER_SILENT null");
      assertThat(router.instance()).isNotEmpty();
    }
    add(wrong, letters(shared, Source.INTAKE) != 0, "LETTERS_OF_INTAKE", null);
    add(
        wrong,
        letters(shared, Source.LEGACY) + letters(shared, Source.STREAM) != 0,
        "LETTERS_OF_OUTPUTS",
        null);
    NightlyReport night = shared.night();
    if (night != null) {
      add(wrong, night.verdict() == Verdict.FAIL, "NIGHT_FAILED", null);
      boolean idle = night.reasons().equals(List.of(Reason.NOTHING_COMPARED));
      add(wrong, night.verdict() == Verdict.INCONCLUSIVE && !idle, "NIGHT_INCONCLUSIVE", null);
    }
    add(wrong, shared.overdueNight() != null, "NIGHT_MISSING", null);
    add(wrong, shared.pause() != null, "COMPARING_PAUSED", null);
    return wrong;
  }

  private static void add(List<String> wrong, boolean isSo, String condition, @Nullable Kind kind) {
    if (isSo) {
      wrong.add(condition + " " + (kind == null ? "null" : kind.label()));
    }
  }

  private static int letters(Situation.Shared shared, Source source) {
    return Objects.requireNonNull(shared.letters().get(source));
  }

  private static String named(Alert alert) {
    Kind kind = alert.kind();
    return alert.condition() + " " + (kind == null ? "null" : kind.label());
  }

  private static Situation situation(Draw draw) {
    // Some nights nothing is wrong at all.
    return draw.seldom() ? quiet() : drawn(draw);
  }

  /** At every limit, and beyond none. */
  private static Situation quiet() {
    Map<Kind, Situation.OfKind> kinds = new TreeMap<>();
    Map<Kind, OpenFindings.Found> findings = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      kinds.put(
          kind,
          new Situation.OfKind(
              true, false, 0.0, QueueFill.of(79, 100, null, 0), LIMIT, NOW.minus(LIMIT)));
      findings.put(
          kind, new OpenFindings.Found(rows(0), rows(0), rows(0), OptionalLong.empty(), 0, 0));
    }
    return new Situation(
        NOW,
        "here",
        new Situation.Flags(Duration.ofSeconds(5), true, false, true),
        CircuitBreaker.State.CLOSED,
        true,
        List.of(loop(LoopReport.State.ALIVE)),
        Set.of(),
        kinds,
        new Situation.Shared(
            findings,
            Map.of(),
            Map.of(Source.INTAKE, 0, Source.LEGACY, 0, Source.STREAM, 0),
            Map.of(),
            List.of(),
            List.of(other("CLOSED", 79)),
            night(Verdict.PASS, List.of()),
            null,
            null));
  }

  private static Situation drawn(Draw draw) {
    Map<Kind, Situation.OfKind> kinds = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      kinds.put(
          kind,
          new Situation.OfKind(
              !draw.seldom(),
              draw.seldom(),
              draw.orNull(() -> draw.of(List.of(0.0, 0.01, 100.0))),
              QueueFill.of(draw.of(List.of(0, 1, 79, 80, 100)), 100, null, 0),
              draw.orNull(() -> draw.around(LIMIT)),
              draw.orNull(() -> NOW.minus(draw.around(LIMIT)))));
    }
    return new Situation(
        NOW,
        "here",
        new Situation.Flags(
            draw.around(Duration.ofSeconds(5)), !draw.seldom(), draw.seldom(), !draw.seldom()),
        draw.of(List.of(CircuitBreaker.State.values())),
        !draw.seldom(),
        Stream.generate(() -> loop(draw.of(List.of(LoopReport.State.values()))))
            .limit(draw.count())
            .toList(),
        draw.seldom() ? Set.of(draw.of(List.of(Source.values()))) : Set.of(),
        kinds,
        draw.seldom() ? null : shared(draw));
  }

  private static Situation.Shared shared(Draw draw) {
    Map<Kind, OpenFindings.Found> findings = new TreeMap<>();
    Map<Kind, Integer> lost = new TreeMap<>();
    Map<Kind, Holds.Hold> holds = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      long urgent = draw.count();
      findings.put(
          kind,
          new OpenFindings.Found(
              rows(draw.count()),
              rows(urgent),
              rows(Math.min(urgent, draw.count())),
              draw.seldom() ? OptionalLong.of(7) : OptionalLong.empty(),
              draw.count(),
              draw.count()));
      if (draw.seldom()) {
        lost.put(kind, Math.toIntExact(draw.count()));
      }
      if (draw.seldom()) {
        holds.put(kind, new Holds.Hold(NOW, "operator", "at night"));
      }
    }
    Map<Source, Integer> letters = new EnumMap<>(Source.class);
    Arrays.stream(Source.values())
        .forEach(source -> letters.put(source, Math.toIntExact(draw.count())));
    return new Situation.Shared(
        findings,
        lost,
        letters,
        holds,
        Stream.generate(() -> new RouterInstances.Silent("router", LIMIT))
            .limit(draw.count())
            .toList(),
        Stream.generate(
                () -> other(draw.of(BREAKERS), draw.of(Arrays.asList(null, 0, 79, 80, 100))))
            .limit(draw.count())
            .toList(),
        draw.orNull(
            () ->
                night(
                    draw.of(List.of(Verdict.values())),
                    draw.of(
                        List.of(
                            List.<Reason>of(),
                            List.of(Reason.NOTHING_COMPARED),
                            List.of(Reason.NOTHING_COMPARED, Reason.NOT_PROVEN))))),
        draw.orNull(() -> LocalDate.of(2026, 11, 26)),
        draw.orNull(() -> new ReconcilerPause.Pause(NOW, "operator", "a reason")));
  }

  private static RouterInstances.Up other(@Nullable String breaker, @Nullable Integer fullest) {
    return new RouterInstances.Up("elsewhere", 1, 0, fullest, breaker, Optional.empty());
  }

  private static OpenFindings.Count rows(long rows) {
    return new OpenFindings.Count(rows, false);
  }

  private static LoopReport loop(LoopReport.State state) {
    return new LoopReport("writer", "writer-0", state, LIMIT, LIMIT, 0, null);
  }

  private static NightlyReport night(Verdict verdict, List<Reason> reasons) {
    return new NightlyReport(
        3,
        4,
        LocalDate.of(2026, 11, 26),
        NOW,
        verdict,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        0,
        0,
        0,
        reasons);
  }
}
