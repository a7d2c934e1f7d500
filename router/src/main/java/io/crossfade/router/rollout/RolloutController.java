package io.crossfade.router.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.router.flags.Aside;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutChange;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Recorded;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.process.Asking;
import io.crossfade.router.routing.RoutedRecords;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigDecimal;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/rollout}: where each kind stands, and every way to change it. */
@RestController
@RequestMapping("/api/rollout")
public final class RolloutController {

  private static final int MOST_HISTORY = 1_000;

  /**
   * The rollout at this moment, as this router knows it.
   *
   * @param flagAgeMillis since the flags were last read
   * @param stale whether the last attempt to read them, or what stands beside them, failed
   * @param source where they come from
   * @param asOf when they were last read, by whoever; {@code null} when that was never
   * @param onDisk whether a router that is started again without MySQL would know them
   * @param aside rows of the flags that cannot be used; their kinds stay as they were switched last
   * @param breaker state of the breaker before Redis
   */
  public record Overview(
      long version,
      long flagAgeMillis,
      boolean stale,
      RolloutFlags.Source source,
      @Nullable Instant asOf,
      boolean onDisk,
      boolean rollbackWaitsToBeStored,
      List<Aside> aside,
      String breaker,
      float breakerFailurePercent,
      List<KindView> kinds,
      List<Instances.Instance> routers) {}

  /**
   * One kind.
   *
   * @param optIn whether clients of {@code _v2} endpoints have the stream whatever the stage
   * @param danger why its flags are no stage, or which strategy that is not ours somebody gave them
   * @param fallbackPercent share of the records meant for the stream that the memory queue took, on
   *     this router since its start
   * @param hold who stopped its automation
   * @param next what comes next, for example {@code canary 30 %}; {@code null} for nothing, and
   *     when it cannot be asked
   * @param target the flags then
   * @param gates verdicts on that
   */
  public record KindView(
      Kind kind,
      Stage stage,
      BigDecimal percentage,
      KindFlags flags,
      boolean optIn,
      @Nullable String danger,
      double fallbackPercent,
      Holds.@Nullable Hold hold,
      @Nullable String next,
      @JsonIgnore @Nullable KindFlags target,
      List<GateResult> gates) {}

  /** A change as it is asked for; see {@link StageChange}. */
  public record ChangeRequest(
      @Nullable String kind,
      @Nullable String stage,
      @Nullable BigDecimal percentage,
      @Nullable Set<String> allowDevices,
      @Nullable Set<String> denyDevices,
      @Nullable Set<Long> allowCustomers,
      @Nullable Set<Long> denyCustomers,
      @Nullable String reason,
      @Nullable String ticket,
      @Nullable Long version,
      boolean force,
      boolean dryRun) {}

  /**
   * A change of the opt-in as it is asked for; see {@link OptInChange}.
   *
   * @param on whether clients of {@code _v2} endpoints have the stream whatever the stage
   */
  public record OptInRequest(
      @Nullable String kind,
      @Nullable Boolean on,
      @Nullable String reason,
      @Nullable String ticket,
      @Nullable Long version) {}

  /**
   * A rollback as it is asked for.
   *
   * @param to {@code shadow} or {@code legacy}: where the kinds are to be, whatever happened
   *     before; {@code null} for one step from where they are
   */
  public record RollbackRequest(
      @Nullable String kind, @Nullable String reason, @Nullable String to) {}

  /** What a hold is asked for with. */
  public record Because(@Nullable String kind, @Nullable String reason) {}

  private final Rollout rollout;
  private final Rollback rollback;
  private final RolloutFlags flags;
  private final FlagTable table;
  private final Holds holds;
  private final Instances instances;
  private final CircuitBreaker breaker;
  private final RoutedRecords records;

  public RolloutController(
      Rollout rollout,
      Rollback rollback,
      RolloutFlags flags,
      FlagTable table,
      Holds holds,
      Instances instances,
      CircuitBreaker breaker,
      MeterRegistry meters) {
    this.rollout = rollout;
    this.rollback = rollback;
    this.flags = flags;
    this.table = table;
    this.holds = holds;
    this.instances = instances;
    this.breaker = breaker;
    this.records = new RoutedRecords(meters);
  }

  @GetMapping
  public Overview overview() {
    RolloutState state = flags.state();
    Asking control = Asking.controlSchema(flags.readable());
    Map<Kind, Holds.Hold> held = control.ask(holds::all, Map.of());
    List<KindView> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      kinds.add(view(kind, state, held.get(kind), control));
    }
    List<Instances.Instance> routers = control.ask(instances::up, List.of());
    return new Overview(
        state.version(),
        flags.age().toMillis(),
        !control.answers(),
        flags.source(),
        flags.asOf().orElse(null),
        flags.keepable(),
        flags.overridden(),
        state.aside(),
        breaker.getState().name(),
        breaker.getMetrics().getFailureRate(),
        kinds,
        routers);
  }

  @GetMapping("/kinds/{kind}")
  public KindView kind(@PathVariable String kind) throws RefusedException {
    Kind one = kinds(kind).iterator().next();
    Asking control = Asking.controlSchema(flags.readable());
    Map<Kind, Holds.Hold> held = control.ask(holds::all, Map.of());
    return view(one, flags.state(), held.get(one), control);
  }

  @PostMapping("/changes")
  public Rollout.Plan change(@RequestBody ChangeRequest request, Principal actor)
      throws RefusedException {
    StageChange change =
        new StageChange(
            kinds(request.kind()),
            stage(request.stage()),
            request.percentage(),
            request.allowDevices(),
            request.denyDevices(),
            request.allowCustomers(),
            request.denyCustomers(),
            request.reason() == null ? "" : request.reason(),
            request.ticket(),
            decidedOn(request.version()),
            request.force());
    return request.dryRun()
        ? rollout.dryRun(change)
        : rollout.apply(change, Origin.OPERATOR, actor.getName());
  }

  @PostMapping("/opt-in")
  public Rollout.Plan optIn(@RequestBody OptInRequest request, Principal actor)
      throws RefusedException {
    Boolean on = request.on();
    if (on == null) {
      throw new RefusedException(
          Refusal.SWITCH_MISSING, "Say whether it is to be on: true or false");
    }
    return rollout.switchOptIn(
        new OptInChange(
            kinds(request.kind()),
            on,
            request.reason() == null ? "" : request.reason(),
            request.ticket(),
            decidedOn(request.version())),
        actor.getName());
  }

  @PostMapping("/rollbacks")
  public RollbackReceipt rollback(@RequestBody RollbackRequest request, Principal actor)
      throws RefusedException {
    return rollback.roll(
        kinds(request.kind()),
        request.to() == null ? null : rollbackTo(request.to()),
        Origin.ROLLBACK,
        actor.getName(),
        Reason.of(request.reason()));
  }

  @GetMapping("/rollbacks/{id}")
  public RollbackReceipt receipt(@PathVariable String id) throws RefusedException {
    return rollback
        .receipt(id)
        .orElseThrow(() -> new RefusedException(Refusal.NOT_FOUND, "No rollback has the id " + id));
  }

  @GetMapping("/history")
  public List<RolloutChange> history(
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(defaultValue = "100") int limit)
      throws RefusedException {
    return table.history(
        kind == null ? null : kinds(kind).iterator().next(), Math.clamp(limit, 1, MOST_HISTORY));
  }

  @PutMapping("/holds")
  public Recorded hold(@RequestBody Because request, Principal actor) throws RefusedException {
    String reason = Reason.of(request.reason());
    return new Recorded(
        kinds(request.kind()).stream()
            .map(kind -> holds.hold(kind, actor.getName(), reason))
            .toList());
  }

  @DeleteMapping("/holds/{kind}")
  public Recorded release(@PathVariable String kind, Principal actor) throws RefusedException {
    return new Recorded(
        kinds(kind).stream().flatMap(one -> holds.release(one, actor.getName()).stream()).toList());
  }

  private long decidedOn(@Nullable Long version) throws RefusedException {
    if (version == null) {
      throw new RefusedException(
          Refusal.VERSION_MISSING,
          "Say which version of the flags you decided on; it is %d"
              .formatted(flags.state().version()));
    }
    return version;
  }

  private KindView view(Kind kind, RolloutState state, Holds.@Nullable Hold hold, Asking control) {
    KindFlags of = state.of(kind);
    Rollout.NextGates next =
        control.ask(() -> rollout.nextGates(kind), new Rollout.NextGates(null, List.of()));
    KindFlags to = next.to();
    return new KindView(
        kind,
        of.stage(),
        of.cohort().percentage(),
        of,
        of.optIn(),
        danger(kind, state),
        fallbackPercent(kind),
        hold,
        to == null ? null : to.place(),
        to,
        next.gates());
  }

  private static @Nullable String danger(Kind kind, RolloutState state) {
    return state.aside().stream()
        .filter(row -> Objects.equals(row.kind(), kind) && row.strategy() != null)
        .findFirst()
        .map(
            row ->
                "%s has the strategy %s, which is not ours and was set by hand; what was switched last counts: %s."
                        .formatted(row.feature(), row.strategy(), state.of(kind))
                    + " Change the stage, to where it is if need be, to write the row anew.")
        .orElse(state.of(kind).danger());
  }

  private double fallbackPercent(Kind kind) {
    double fallbacks = records.fallbacks(kind);
    double meant = fallbacks + records.served(kind, DeliveryPath.STREAM);
    return meant == 0 ? 0 : 100 * fallbacks / meant;
  }

  private static Set<Kind> kinds(@Nullable String label) throws RefusedException {
    if ("all".equals(label)) {
      return Kind.all();
    }
    return Set.of(
        Arrays.stream(Kind.values())
            .filter(kind -> kind.label().equals(label))
            .findFirst()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.UNKNOWN_KIND,
                        "kind %s is not one of %s, all".formatted(label, Kind.labels()))));
  }

  private static Stage rollbackTo(String label) throws RefusedException {
    return Stream.of(Stage.SHADOW, Stage.LEGACY)
        .filter(stage -> stage.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.UNKNOWN_STAGE,
                    "to %s is not one of shadow, legacy"
                        .formatted(label.toLowerCase(Locale.ROOT))));
  }

  private static Stage stage(@Nullable String label) throws RefusedException {
    return Arrays.stream(Stage.values())
        .filter(stage -> stage != Stage.NONE && stage.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.UNKNOWN_STAGE,
                    "stage %s is not one of legacy, shadow, canary, live, complete"
                        .formatted(String.valueOf(label).toLowerCase(Locale.ROOT))));
  }
}
