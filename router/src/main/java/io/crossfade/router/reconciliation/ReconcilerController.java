package io.crossfade.router.reconciliation;

import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceFigures;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.DifferenceOrder;
import io.crossfade.reconciler.DifferencePlace;
import io.crossfade.reconciler.DifferenceSearch;
import io.crossfade.reconciler.DifferenceSummary;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.report.DifferencesCsv;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Recorded;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  /** A run that was asked for, when nothing else is compared here. */
  private static final Duration BEGINS_WITHIN = Duration.ofSeconds(2);

  /** Of each table. */
  private static final int ROWS_OF_A_DEVICE = 3;

  /** What runs there were, and whether they wait. */
  public record Overview(ReconcilerPause.@Nullable Pause pause, List<Comparisons.Summary> runs) {}

  /**
   * Differences of a run.
   *
   * @param total of all pages
   * @param unrepaired of them, those that no repair has touched
   * @param next where to go on, when there are more
   */
  public record Page(
      List<Comparisons.StoredDifference> differences,
      long total,
      long unrepaired,
      @Nullable String next) {}

  /**
   * A window to compare.
   *
   * @param kind {@code null} for all
   */
  public record RunRequest(@Nullable Instant from, @Nullable Instant to, @Nullable String kind) {}

  /**
   * A run that was asked for.
   *
   * @param run its id; {@code null} when it has not begun within a few seconds
   * @param acts ids of the entries of the audit
   */
  public record Asked(@Nullable Long run, List<Long> acts) {}

  /** Why something is done. */
  public record Because(@Nullable String reason) {}

  private final Comparisons comparisons;
  private final Comparison comparison;
  private final Differences differences;
  private final DifferenceFigures figures;
  private final DifferenceSearch search;
  private final ReconcilerPause pause;
  private final AuditLog audit;
  private final Set<ComparisonRequest> asked = ConcurrentHashMap.newKeySet();
  private final ExecutorService runs =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("asked-for-run").daemon(true).factory());

  public ReconcilerController(
      Comparisons comparisons,
      Comparison comparison,
      Differences differences,
      DifferenceFigures figures,
      DifferenceSearch search,
      ReconcilerPause pause,
      AuditLog audit) {
    this.comparisons = comparisons;
    this.comparison = comparison;
    this.differences = differences;
    this.figures = figures;
    this.search = search;
    this.pause = pause;
    this.audit = audit;
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
  public Asked compare(@RequestBody RunRequest request, Principal actor)
      throws RefusedException, InterruptedException {
    Instant from = Choice.moment("from", request.from());
    Instant to = Choice.moment("to", request.to());
    if (!from.isBefore(to)) {
      throw new RefusedException(Refusal.UNREADABLE, "A run needs from and a later to");
    }
    Kind kind = Choice.kind(request.kind());
    ComparisonWindow window = new ComparisonWindow(from, to);
    CompletableFuture<Long> begun = new CompletableFuture<>();
    later(
        new ComparisonRequest(Origin.ON_DEMAND, window, kind == null ? Kind.all() : Set.of(kind)),
        begun);
    long act =
        audit.keep(
            Act.of(actor.getName(), Action.RUN).ofKind(kind).on("%s to %s".formatted(from, to)));
    return new Asked(run(begun), List.of(act));
  }

  /**
   * A page of them.
   *
   * @param order {@code urgent}, {@code time} or {@code device}; urgent ones first without it
   */
  @GetMapping("/runs/{id}/differences")
  public Page differences(
      @PathVariable long id,
      FilterRequest asked,
      @RequestParam(required = false) @Nullable String order,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "100") int limit)
      throws RefusedException {
    run(id);
    int most = Math.clamp(limit, 1, MOST);
    DifferenceFilter filter = asked.filter();
    DifferenceOrder ordered = Choice.of(DifferenceOrder.class, order);
    try {
      List<Comparisons.StoredDifference> found =
          differences.find(
              id,
              filter,
              ordered == null ? DifferenceOrder.URGENT : ordered,
              after == null ? null : DifferencePlace.parse(after),
              most);
      Differences.Count count = differences.count(id, filter);
      return new Page(
          found,
          count.all(),
          count.unrepaired(),
          found.size() == most ? Differences.place(found.getLast()).toString() : null);
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
  }

  /** What they have in common, with what is asked of the list. */
  @GetMapping("/runs/{id}/differences/summary")
  public DifferenceSummary summary(@PathVariable long id, FilterRequest asked)
      throws RefusedException {
    return figures.summary(id, run(id).window(), asked.filter());
  }

  /** The same as a file, without an end: health data. */
  @GetMapping("/runs/{id}/differences.csv")
  public void csv(@PathVariable long id, FilterRequest asked, HttpServletResponse response)
      throws RefusedException, IOException {
    run(id);
    DifferenceFilter filter = asked.filter();
    response.setContentType("text/csv;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader(
        "Content-Disposition",
        "attachment; filename=\"crossfade-differences-run-%d.csv\"".formatted(id));
    DifferencesCsv.write(differences, id, filter, response.getWriter());
  }

  /** Both rows as they are now: health data. */
  @GetMapping("/rows/{table}/{id}")
  public DifferenceSearch.Row row(@PathVariable String table, @PathVariable String id)
      throws RefusedException, SQLException {
    try {
      return search.row(table, Choice.recordId(id));
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
  }

  /** The newest rows of a device, each as both outputs have it: health data. */
  @GetMapping("/devices/{sn}")
  public List<DifferenceSearch.Row> device(@PathVariable String sn) throws SQLException {
    return search.newest(sn, ROWS_OF_A_DEVICE);
  }

  @PutMapping("/pause")
  public Recorded pause(@RequestBody Because request, Principal actor) throws RefusedException {
    return Recorded.of(pause.pause(actor.getName(), Reason.of(request.reason())));
  }

  @DeleteMapping("/pause")
  public Recorded resume(Principal actor) {
    return new Recorded(pause.resume(actor.getName()).stream().toList());
  }

  /** {@code null} while it waits for its turn, or when it cannot begin: a log says why. */
  private static @Nullable Long run(CompletableFuture<Long> begun) throws InterruptedException {
    try {
      return begun.get(BEGINS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return null;
    }
  }

  private void later(ComparisonRequest request, CompletableFuture<Long> begun)
      throws RefusedException {
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
      runs.execute(() -> compare(request, begun));
    } catch (RuntimeException e) {
      asked.remove(request);
      throw e;
    }
  }

  /** After one that may be at it: what a repair did, that one may not have seen. */
  void verify(ComparisonRequest request) {
    runs.execute(() -> compare(request, new CompletableFuture<>()));
  }

  private void compare(ComparisonRequest request, CompletableFuture<Long> begun) {
    try {
      comparison.run(request, begun::complete);
    } catch (SQLException | RuntimeException e) {
      begun.completeExceptionally(e);
      log.warn("Cannot compare {}: {}", request, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asked.remove(request);
    }
  }
}
