package io.crossfade.router.reconciliation;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceSearch;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
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

  /** Of each table. */
  private static final int ROWS_OF_A_DEVICE = 3;

  /** What runs there were, and whether they wait. */
  public record Overview(ReconcilerPause.@Nullable Pause pause, List<Comparisons.Summary> runs) {}

  /**
   * Differences of a run.
   *
   * @param next where to go on, when there are more
   */
  public record Page(List<Comparisons.StoredDifference> differences, @Nullable String next) {}

  /**
   * A window to compare.
   *
   * @param kind {@code null} for all
   */
  public record RunRequest(@Nullable Instant from, @Nullable Instant to, @Nullable String kind) {}

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

  private final Comparisons comparisons;
  private final Comparison comparison;
  private final DifferenceSearch search;
  private final Repair repair;
  private final ReconcilerPause pause;
  private final Set<ComparisonRequest> asked = ConcurrentHashMap.newKeySet();
  private final ExecutorService runs =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("asked-for-run").daemon(true).factory());

  public ReconcilerController(
      Comparisons comparisons,
      Comparison comparison,
      DifferenceSearch search,
      Repair repair,
      ReconcilerPause pause) {
    this.comparisons = comparisons;
    this.comparison = comparison;
    this.search = search;
    this.repair = repair;
    this.pause = pause;
  }

  @Override
  public void destroy() {
    runs.shutdownNow();
  }

  @GetMapping
  public Overview overview(@RequestParam(defaultValue = "50") int limit) {
    return new Overview(
        pause.current().orElse(null), comparisons.latest(Math.clamp(limit, 1, MOST)));
  }

  @GetMapping("/runs/{id}")
  public Comparisons.Summary run(@PathVariable long id) throws RefusedException {
    return comparisons
        .find(id)
        .orElseThrow(() -> new RefusedException(Refusal.NOT_FOUND, "There is no run " + id));
  }

  /** Compares what is asked for as soon as nothing else is compared here. */
  @PostMapping("/runs")
  @ResponseStatus(HttpStatus.ACCEPTED)
  public void compare(@RequestBody RunRequest request) throws RefusedException {
    Instant from = Choice.moment("from", request.from());
    Instant to = Choice.moment("to", request.to());
    if (!from.isBefore(to)) {
      throw new RefusedException(Refusal.UNREADABLE, "A run needs from and a later to");
    }
    Kind kind = Choice.kind(request.kind());
    later(
        new ComparisonRequest(
            Origin.ON_DEMAND,
            new ComparisonWindow(from, to),
            kind == null ? Kind.all() : Set.of(kind)));
  }

  @GetMapping("/runs/{id}/differences")
  public Page differences(
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
                  Choice.kind(kind),
                  Choice.of(DifferenceClass.class, difference),
                  explained,
                  Choice.of(Explanation.class, reason),
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
  public DifferenceSearch.Row row(@PathVariable String table, @PathVariable String id)
      throws RefusedException, SQLException {
    try {
      return search.row(table, Choice.recordId(id));
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  /** The newest rows of a device, each as both outputs have it: health data. */
  @GetMapping("/devices/{sn}")
  public List<DifferenceSearch.Row> device(@PathVariable String sn) throws SQLException {
    return search.newest(sn, ROWS_OF_A_DEVICE);
  }

  @PostMapping("/runs/{id}/repairs")
  public RepairAnswer repair(
      @PathVariable long id, @RequestBody RepairRequest request, Principal actor)
      throws RefusedException, SQLException {
    Comparisons.Summary found = run(id);
    if (found.kinds().isEmpty()) {
      throw new RefusedException(
          Refusal.NOT_FOUND, "Run %d is of kinds that this router has not".formatted(id));
    }
    Repair.Plan plan = new Repair.Plan(id, Choice.of(DeliveryPath.class, request.prefer()));
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
    // After one that may be at it: what this repair did, that one may not have seen.
    runs.execute(() -> compare(ComparisonRequest.ofRows(found)));
    return new RepairAnswer(
        true, done, List.of(), "a run of origin REPAIR looks at these rows again");
  }

  @PutMapping("/pause")
  public void pause(@RequestBody Because request, Principal actor) throws RefusedException {
    pause.pause(actor.getName(), Reason.of(request.reason()));
  }

  @DeleteMapping("/pause")
  public void resume() {
    pause.resume();
  }

  private void later(ComparisonRequest request) throws RefusedException {
    if (!asked.add(request)) {
      throw new RefusedException(
          Refusal.RUN_AT_WORK, "The same is at work or waits for its turn on this router");
    }
    try {
      comparisons
          .atWork(request)
          .ifPresent(
              atWork -> {
                throw atWork;
              });
      runs.execute(() -> compare(request));
    } catch (RuntimeException e) {
      asked.remove(request);
      throw e;
    }
  }

  private void compare(ComparisonRequest request) {
    try {
      comparison.run(request);
    } catch (SQLException | RuntimeException e) {
      log.warn("Cannot compare {}: {}", request, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asked.remove(request);
    }
  }

  private static RefusedException unreadable(IllegalArgumentException e) {
    return new RefusedException(Refusal.UNREADABLE, String.valueOf(e.getMessage()));
  }
}
