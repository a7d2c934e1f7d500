package io.crossfade.router.reconciliation;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceSearch;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.explain.ExplanationRules;
import io.crossfade.reconciler.explain.ExplanationRules.Rule;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /api/reconciler}: what was compared, what differs, and what people do about it. The same
 * as the command line, from where a router is.
 */
@RestController
@RequestMapping("/api/reconciler")
public final class ReconcilerController implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(ReconcilerController.class);
  private static final int MOST = 1_000;

  /** Statements of a dry run in an answer; the command line prints all. */
  private static final int STATEMENTS = 100;

  /** What runs there were, and whether they wait. */
  public record Overview(ReconcilerPause.@Nullable Pause pause, List<Comparisons.Summary> runs) {}

  /**
   * Differences of a run.
   *
   * @param next where to go on, when there are more
   */
  public record Page(List<Comparisons.StoredDifference> differences, @Nullable String next) {}

  /** A repair as it is asked for. */
  public record RepairRequest(@Nullable String prefer, @Nullable String reason, boolean dryRun) {}

  /**
   * What a repair did, or would do.
   *
   * @param statements the first of them, in a dry run
   * @param verification how to see that it helped
   */
  public record RepairAnswer(
      boolean applied, Repair.Done rows, List<String> statements, String verification) {}

  /** Why something is done. */
  public record Because(@Nullable String reason) {}

  /** A rule as it is asked for; its owner is whoever asks. */
  public record RuleRequest(
      @Nullable Kind kind,
      @Nullable DifferenceClass difference,
      @Nullable String column,
      @Nullable String device,
      @Nullable String reason,
      @Nullable Instant until) {}

  private final Comparisons comparisons;
  private final Comparison comparison;
  private final DifferenceSearch search;
  private final Repair repair;
  private final ReconcilerPause pause;
  private final ExplanationRules rules;
  private final InstantSource clock;
  private final ExecutorService verifications =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("verification").daemon(true).factory());

  public ReconcilerController(
      Comparisons comparisons,
      Comparison comparison,
      DifferenceSearch search,
      Repair repair,
      ReconcilerPause pause,
      ExplanationRules rules,
      InstantSource clock) {
    this.comparisons = comparisons;
    this.comparison = comparison;
    this.search = search;
    this.repair = repair;
    this.pause = pause;
    this.rules = rules;
    this.clock = clock;
  }

  @Override
  public void destroy() {
    verifications.shutdownNow();
  }

  @GetMapping
  Overview overview(@RequestParam(defaultValue = "50") int limit) {
    return new Overview(
        pause.current().orElse(null), comparisons.latest(Math.clamp(limit, 1, MOST)));
  }

  @GetMapping("/runs/{id}/differences")
  Page differences(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(name = "class", required = false) @Nullable String difference,
      @RequestParam(required = false) @Nullable Boolean explained,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String device,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "100") int limit)
      throws RefusedException {
    run(id);
    int most = Math.clamp(limit, 1, MOST);
    try {
      List<Comparisons.StoredDifference> found =
          search.find(
              id,
              new DifferenceSearch.Filter(
                  one(Kind.class, kind),
                  one(DifferenceClass.class, difference),
                  explained,
                  one(Explanation.class, reason),
                  device,
                  after),
              most);
      return new Page(found, found.size() == most ? DifferenceSearch.place(found.getLast()) : null);
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  /** Both rows as they are now: health data. */
  @GetMapping("/rows/{table}/{id}")
  DifferenceSearch.Row row(@PathVariable String table, @PathVariable String id)
      throws RefusedException, SQLException {
    try {
      return search.row(table, RecordId.parse(id));
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  @PostMapping("/runs/{id}/repairs")
  RepairAnswer repair(@PathVariable long id, @RequestBody RepairRequest request, Principal actor)
      throws RefusedException, SQLException {
    Comparisons.Summary found = run(id);
    Repair.Plan plan = new Repair.Plan(id, path(request.prefer()));
    if (request.dryRun()) {
      List<String> statements = new ArrayList<>();
      Repair.Done would =
          repair.dryRun(
              plan,
              statement -> {
                if (statements.size() < STATEMENTS) {
                  statements.add(statement);
                }
              });
      return new RepairAnswer(false, would, statements, "");
    }
    Repair.Done done = repair.apply(plan, actor.getName(), Reason.of(request.reason()));
    verifications.submit(() -> verify(found));
    return new RepairAnswer(
        true, done, List.of(), "a run of origin REPAIR compares the same window again");
  }

  @PutMapping("/pause")
  void pause(@RequestBody Because request, Principal actor) throws RefusedException {
    pause.pause(actor.getName(), Reason.of(request.reason()));
  }

  @DeleteMapping("/pause")
  void resume() {
    pause.resume();
  }

  @GetMapping("/rules")
  List<Rule> rules() {
    return rules.all();
  }

  @PostMapping("/rules")
  void addRule(@RequestBody RuleRequest request, Principal actor) throws RefusedException {
    Kind kind = request.kind();
    Instant until = request.until();
    if (kind == null || until == null) {
      throw new RefusedException(Refusal.UNREADABLE, "A rule needs a kind and until");
    }
    try {
      rules.add(
          new Rule(
              0,
              kind,
              request.difference(),
              request.column(),
              request.device(),
              actor.getName(),
              Reason.of(request.reason()),
              clock.instant(),
              until));
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  @DeleteMapping("/rules/{id}")
  void endRule(@PathVariable long id) throws RefusedException {
    if (!rules.end(id)) {
      throw new RefusedException(
          Refusal.NOT_FOUND, "There is no rule %d that is valid".formatted(id));
    }
  }

  private void verify(Comparisons.Summary found) {
    try {
      comparison.run(new ComparisonRequest(Origin.REPAIR, found.window(), found.kinds()));
    } catch (SQLException | RuntimeException e) {
      log.warn("Cannot verify the repair of run {}: {}", found.id(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Comparisons.Summary run(long id) throws RefusedException {
    return comparisons
        .find(id)
        .orElseThrow(() -> new RefusedException(Refusal.NOT_FOUND, "There is no run " + id));
  }

  private static @Nullable DeliveryPath path(@Nullable String label) throws RefusedException {
    if (label == null) {
      return null;
    }
    for (DeliveryPath path : DeliveryPath.values()) {
      if (path.label().equals(label)) {
        return path;
      }
    }
    throw new RefusedException(
        Refusal.UNREADABLE, "prefer %s is not one of legacy, stream".formatted(label));
  }

  /** A constant as people write it: {@code missing-in-stream}, {@code MISSING_IN_STREAM}. */
  private static <E extends Enum<E>> @Nullable E one(Class<E> type, @Nullable String given) {
    if (given == null) {
      return null;
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(given.replace('-', '_')))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is not one of %s"
                        .formatted(given, Arrays.toString(type.getEnumConstants()))));
  }

  private static RefusedException unreadable(IllegalArgumentException e) {
    return new RefusedException(Refusal.UNREADABLE, String.valueOf(e.getMessage()));
  }
}
