package io.crossfade.router.rollout;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.crossfade.db.Kind;
import io.crossfade.db.control.ControlTransactions.UnknownOutcomeException;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.FlagTable.StaleVersionException;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GatePolicy.Promotion;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** The one way to change a stage: checked, recorded, and all kinds or none. */
public final class Rollout {

  private static final Logger log = LoggerFactory.getLogger(Rollout.class);
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

  /**
   * What a change does to one kind.
   *
   * @param objection why it is refused; {@code null} when it is not
   * @param verdict of all gates together
   * @param devices how many move; {@code null} when that cannot be counted now
   * @param inverse fields of the request that undoes it
   */
  public record Step(
      Kind kind,
      Stage from,
      Stage to,
      KindFlags before,
      KindFlags after,
      @Nullable String objection,
      Verdict verdict,
      List<GateResult> gates,
      KnownDevices.@Nullable Moves devices,
      Map<String, Object> inverse) {

    static Step of(
        Kind kind,
        KindFlags before,
        KindFlags after,
        @Nullable String objection,
        List<GateResult> gates,
        KnownDevices.@Nullable Moves devices,
        Map<String, Object> inverse) {
      return new Step(
          kind,
          before.stage(),
          after.stage(),
          before,
          after,
          objection,
          GatePolicy.overall(gates),
          gates,
          devices,
          inverse);
    }
  }

  /**
   * A change, made or not.
   *
   * @param version of the flags, after it when it was made
   */
  public record Plan(boolean applied, long version, List<Step> steps) {}

  /**
   * How a kind stands.
   *
   * @param agreement whether its outputs agree well enough
   * @param next whether its next step may be taken
   */
  public record Standing(GateEvidence evidence, Verdict agreement, NextStep next) {}

  private final FlagTable table;
  private final RolloutFlags flags;
  private final RolloutEvidence evidence;
  private final GatePolicy gates;
  private final KnownDevices devices;
  private final NextStepPolicy steps;
  private final StepCounts counts;

  public Rollout(
      FlagTable table,
      RolloutFlags flags,
      RolloutEvidence evidence,
      GatePolicy gates,
      KnownDevices devices,
      NextStepPolicy steps) {
    this.steps = steps;
    this.counts = new StepCounts(this::moves);
    this.table = table;
    this.flags = flags;
    this.evidence = evidence;
    this.gates = gates;
    this.devices = devices;
  }

  /** Says what a change would do, and changes nothing. */
  public Plan dryRun(StageChange change) throws RefusedException {
    return guarded(() -> plan(change, new LinkedHashMap<>()));
  }

  /**
   * Makes a change.
   *
   * @param actor who wants it
   * @throws RefusedException when it is not made
   */
  public Plan apply(StageChange change, Origin origin, String actor) throws RefusedException {
    return guarded(
        () -> {
          Map<Kind, GateEvidence> seen = new LinkedHashMap<>();
          Plan plan = plan(change, seen);
          if (!change.force()) {
            refuse(plan);
          }
          RolloutState now =
              store(
                  change.version(),
                  plan.steps(),
                  new FlagTable.Note(
                      origin,
                      actor,
                      change.reason().strip(),
                      change.ticket(),
                      change.force(),
                      json(Map.of("figures", seen, "steps", plan.steps()))));
          plan.steps()
              .forEach(
                  step ->
                      log.info(
                          "{} goes from {} to {} by {}: {}",
                          step.kind().label(),
                          step.before(),
                          step.after(),
                          actor,
                          change.reason()));
          return new Plan(true, now.version(), plan.steps());
        });
  }

  /**
   * Switches the opt-in of kinds. No gate is asked: how many clients ask for the stream is not
   * known before they do, and the red button takes it from them again.
   *
   * @param actor who wants it
   * @throws RefusedException when it is not made
   */
  public Plan switchOptIn(OptInChange change, String actor) throws RefusedException {
    return guarded(
        () -> {
          String reason = Reason.of(change.reason());
          RolloutState now = current(change.version());
          Map<Kind, GateEvidence> seen = new LinkedHashMap<>();
          List<Step> steps = new ArrayList<>();
          for (Kind kind : change.kinds()) {
            KindFlags before = now.of(kind);
            if (before.optIn() != change.on()) {
              seen.put(kind, evidence.of(kind));
              steps.add(
                  Step.of(
                      kind,
                      before,
                      before.withOptIn(change.on()),
                      null,
                      List.of(),
                      null,
                      Map.of("kind", kind.label(), "on", before.optIn())));
            }
          }
          if (steps.isEmpty()) {
            throw new RefusedException(
                Refusal.ALREADY_SO,
                "The opt-in of %s is %s already"
                    .formatted(
                        change.kinds().stream().map(Kind::label).sorted().toList(),
                        change.on() ? "on" : "off"));
          }
          RolloutState then =
              store(
                  change.version(),
                  steps,
                  new FlagTable.Note(
                      Origin.OPERATOR,
                      actor,
                      reason,
                      change.ticket(),
                      false,
                      json(Map.of("figures", seen, "steps", steps))));
          log.info(
              "The opt-in of {} is switched {} by {}: {}",
              steps.stream().map(Step::kind).sorted().toList(),
              change.on() ? "on" : "off",
              actor,
              reason);
          return new Plan(true, then.version(), steps);
        });
  }

  /**
   * What comparisons say of a kind, and what comes next. Does not ask Redis, which may hang.
   *
   * @param backlogAge of the oldest entry whose row is not committed; empty when it is not known
   */
  public Standing standing(Kind kind, Optional<Duration> backlogAge) {
    GateEvidence known = evidence.of(kind, backlogAge);
    KindFlags now = flags.state().changeable(kind);
    return new Standing(
        known,
        gates.judge(List.of(Gate.CONSISTENCY), known).getFirst().verdict(),
        steps.decide(kind, now, known, to -> counts.of(kind, now, to)));
  }

  /**
   * What comes next for a kind.
   *
   * @param to the flags then; {@code null} when nothing comes next
   * @param gates verdicts on that
   */
  record NextGates(@Nullable KindFlags to, List<GateResult> gates) {}

  /** The same step, and the same gates, as those of {@link #standing}. */
  NextGates nextGates(Kind kind) {
    KindFlags now = flags.state().changeable(kind);
    Optional<KindFlags> to = steps.target(kind, now);
    Optional<Promotion> promotion = to.flatMap(then -> StagePolicy.promotion(now, then));
    if (to.isEmpty() || promotion.isEmpty()) {
      return new NextGates(to.orElse(null), List.of());
    }
    KnownDevices.Moves moves =
        counts.of(kind, now, to.get()) instanceof NextStepPolicy.Count.Made made
            ? made.moves()
            : null;
    return new NextGates(
        to.get(), gates.judge(StagePolicy.gates(promotion.get(), moves), evidence.of(kind)));
  }

  private Plan plan(StageChange change, Map<Kind, GateEvidence> seen) throws RefusedException {
    Reason.of(change.reason());
    RolloutState now = current(change.version());
    List<Step> steps = new ArrayList<>();
    for (Kind kind : change.kinds()) {
      KindFlags before = now.of(kind);
      KindFlags after = change.from(now.changeable(kind));
      Optional<Promotion> promotion = StagePolicy.promotion(before, after);
      GateEvidence figures = evidence.of(kind);
      seen.put(kind, figures);
      KnownDevices.Moves moves = moves(kind, before, after);
      List<GateResult> results =
          promotion
              .map(wanted -> gates.judge(StagePolicy.gates(wanted, moves), figures))
              .orElse(List.of());
      steps.add(
          Step.of(
              kind,
              before,
              after,
              StagePolicy.objection(before, after),
              results,
              moves,
              StageChange.fields(kind, before)));
    }
    return new Plan(false, now.version(), steps);
  }

  private RolloutState store(long version, List<Step> steps, FlagTable.Note note) {
    Map<Kind, KindFlags> wanted = new TreeMap<>();
    steps.forEach(step -> wanted.put(step.kind(), step.after()));
    RolloutState stored = table.change(version, wanted, note);
    flags.stored(stored);
    return stored;
  }

  private RolloutState current(long decided) throws RefusedException {
    // A rollback that waits here is older than this decision.
    RolloutState now = flags.readNow();
    if (now.version() != decided) {
      throw stale(decided, now.version());
    }
    return now;
  }

  private static void refuse(Plan plan) throws RefusedException {
    for (Step step : plan.steps()) {
      if (step.objection() != null) {
        throw new RefusedException(
            Refusal.ILLEGAL_JUMP, "%s: %s".formatted(step.kind().label(), step.objection()));
      }
      if (step.verdict() != Verdict.PASS) {
        List<String> open =
            step.gates().stream()
                .filter(GateResult::blocks)
                .map(gate -> "%s %s (%s)".formatted(gate.title(), gate.verdict(), gate.figures()))
                .toList();
        throw new RefusedException(
            Refusal.GATES_NOT_PASSED,
            "%s from %s to %s: %s"
                .formatted(
                    step.kind().label(), step.before(), step.after(), String.join("; ", open)));
      }
    }
  }

  private KnownDevices.@Nullable Moves moves(Kind kind, KindFlags before, KindFlags after) {
    try {
      return devices.moves(kind, before.cohort(), after.cohort());
    } catch (SQLException e) {
      log.debug("Cannot count the devices that move: {}", e.getMessage());
      return null;
    }
  }

  /** Work that needs the control schema. */
  private interface Work<T> {
    T run() throws RefusedException;
  }

  private static <T> T guarded(Work<T> work) throws RefusedException {
    try {
      return work.run();
    } catch (StaleVersionException e) {
      throw new RefusedException(
          Refusal.STALE_VERSION, e.getMessage() + "; read them and decide again");
    } catch (UnknownOutcomeException e) {
      log.warn("Whether the flags were changed is not known: {}", e.getMessage());
      throw new RefusedException(
          Refusal.OUTCOME_UNKNOWN,
          "The control schema had the change and did not answer its commit: whether it was made is"
              + " not known. Look at the flags and the history again once it answers");
    } catch (DataAccessException | TransactionException e) {
      log.warn("Cannot reach the control schema: {}", e.getMessage());
      throw new RefusedException(
          Refusal.DATABASE_AWAY, "The control schema does not answer; nothing was changed");
    }
  }

  private static RefusedException stale(long decided, long now) {
    return new RefusedException(
        Refusal.STALE_VERSION,
        "Decided on version %d of the flags, they are at %d; read them and decide again"
            .formatted(decided, now));
  }

  static String json(Object value) {
    return JSON.valueToTree(value).toString();
  }
}
