package io.crossfade.reconciler;

import io.crossfade.db.AcceptToRow;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.diff.SchemaDrift;
import io.crossfade.reconciler.diff.TableComparison;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.reconciler.explain.Explanations;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/**
 * Compares the two outputs for a window: every row, column by column, and what differs a second
 * time once both paths are past it. Goes on with a request that another process began and did not
 * finish.
 */
public final class Comparison {

  private static final long LOOK_AGAIN_MS = 100;

  private final DataSource control;
  private final DataSource legacy;
  private final DataSource stream;
  private final RunClaims claims;
  private final Losses losses;
  private final WrittenUntil writtenUntil;
  private final Throttle throttle;
  private final ComparisonSettings settings;
  private final InstantSource clock;
  private final InstanceName worker;
  private final TableComparison.Readers readers;
  private final boolean proving;

  public Comparison(
      DataSource control,
      DataSource legacy,
      DataSource stream,
      WrittenUntil writtenUntil,
      Throttle throttle,
      ComparisonSettings settings,
      InstantSource clock,
      InstanceName worker) {
    this(
        control,
        legacy,
        stream,
        writtenUntil,
        throttle,
        settings,
        clock,
        worker,
        OutputScan::new,
        true);
  }

  /**
   * @param readers how a table of an output is read
   * @param proving whether rows are planted
   */
  Comparison(
      DataSource control,
      DataSource legacy,
      DataSource stream,
      WrittenUntil writtenUntil,
      Throttle throttle,
      ComparisonSettings settings,
      InstantSource clock,
      InstanceName worker,
      TableComparison.Readers readers,
      boolean proving) {
    this.control = control;
    this.legacy = legacy;
    this.stream = stream;
    this.claims = new RunClaims(control, clock, worker);
    this.worker = worker;
    this.losses = new Losses(control, legacy, stream);
    this.writtenUntil = writtenUntil;
    this.throttle = throttle;
    this.settings = settings;
    this.clock = clock;
    this.readers = readers;
    this.proving = proving;
  }

  /** The same without plants: to measure what they cost. Its verdict is never a pass. */
  public Comparison withoutProof() {
    return new Comparison(
        control, legacy, stream, writtenUntil, throttle, settings, clock, worker, readers, false);
  }

  /**
   * Compares.
   *
   * @return what was found; compared is only what both paths are past
   * @throws SQLException when an output cannot be read; the same request goes on from there later
   * @throws org.springframework.dao.DataAccessException when the control schema cannot be; likewise
   * @throws RunAtWorkException when another worker compares the same
   */
  public ComparisonResult run(ComparisonRequest request) throws SQLException, InterruptedException {
    return run(request, id -> {});
  }

  /**
   * The same for somebody who watches.
   *
   * @param begun gets the run's id before the first row is read
   */
  public ComparisonResult run(ComparisonRequest request, LongConsumer begun)
      throws SQLException, InterruptedException {
    SchemaDrift.check(tables(request.kinds()), legacy, stream);
    ComparisonRun run = claims.claim(request, () -> settled(request.window()));
    try {
      begun.accept(run.id());
      return compare(request, run);
    } finally {
      run.release();
    }
  }

  private ComparisonResult compare(ComparisonRequest request, ComparisonRun run)
      throws SQLException, InterruptedException {
    Throttle held = output -> throttle.await(output, run::renew);
    Map<Kind, List<TableComparison>> looks = new TreeMap<>();
    for (Kind kind : request.kinds()) {
      Explanations explanations = new Explanations(kind, control);
      List<TableComparison> ofKind = new ArrayList<>();
      for (OutputTable<?> table : OutputTables.of(kind)) {
        ofKind.add(
            new TableComparison(
                table,
                legacy,
                stream,
                readers,
                run.window(),
                explanations,
                run,
                settings.urgentEvents(),
                held,
                proving ? run.seed() : null));
      }
      looks.put(kind, ofKind);
    }
    if (request.rowsOf() != null) {
      run.takeRowsOf(request.rowsOf(), tables(request.kinds()));
    }
    for (List<TableComparison> ofKind : looks.values()) {
      for (TableComparison look : ofKind) {
        // Every row is read in the night, also what was not copied: a repeat may have been.
        if (request.origin() == ComparisonRequest.Origin.ROLLING && look.notMirrored()) {
          look.count();
        } else {
          look.firstLook();
        }
      }
    }
    boolean settled = !run.anyToLookAtAgain() || awaitWritten(clock.instant(), run);
    Map<String, Proof> proofs = new HashMap<>();
    for (List<TableComparison> ofKind : looks.values()) {
      for (TableComparison look : ofKind) {
        look.secondLook();
        proofs.put(look.table(), look.proof());
      }
    }
    return run.finish(
        settled,
        settings,
        request.kinds(),
        new ComparisonRun.Beside(
            latencies(request.kinds(), run.window()),
            proofs,
            lost(request.kinds(), run.window()),
            losses.droppedCopies(run.window()),
            urgent(request, run.window(), looks)));
  }

  /**
   * For the gates, which judge rolling runs: none of what was only counted, and of a night's or a
   * person's run nothing, whose windows are long.
   */
  private Map<Kind, Long> urgent(
      ComparisonRequest request, ComparisonWindow window, Map<Kind, List<TableComparison>> looks)
      throws SQLException {
    Map<Kind, Long> counts = new TreeMap<>();
    for (Map.Entry<Kind, List<TableComparison>> kind : looks.entrySet()) {
      if (request.origin() == ComparisonRequest.Origin.ROLLING
          && kind.getValue().stream().anyMatch(look -> !look.notMirrored())) {
        Set<String> values = settings.urgentEvents();
        counts.put(
            kind.getKey(),
            Math.max(
                UrgentCount.of(legacy, kind.getKey(), window, values),
                UrgentCount.of(stream, kind.getKey(), window, values)));
      }
    }
    return counts;
  }

  private static List<OutputTable<?>> tables(Set<Kind> kinds) {
    List<OutputTable<?>> tables = new ArrayList<>();
    kinds.forEach(kind -> tables.addAll(OutputTables.of(kind)));
    return tables;
  }

  /** What both outputs hold of a window, row counts alone: a first look. */
  public Map<OutputTable<?>, long[]> count(ComparisonRequest request) throws SQLException {
    Map<OutputTable<?>, long[]> counts = new LinkedHashMap<>();
    long from = request.window().fromStamp();
    long to = request.window().toStamp();
    for (Kind kind : request.kinds()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        counts.put(
            table,
            new long[] {
              new OutputScan(legacy, table).count(from, to),
              new OutputScan(stream, table).count(from, to)
            });
      }
    }
    return counts;
  }

  /** Of a window, what both paths are past. */
  private ComparisonWindow settled(ComparisonWindow asked) {
    // Nothing is settled while nobody knows.
    Instant until = writtenUntil.now().orElse(asked.from());
    Instant to = asked.to().isBefore(until) ? asked.to() : until;
    return new ComparisonWindow(asked.from(), to.isBefore(asked.from()) ? asked.from() : to);
  }

  /** Waits until both paths are past a moment; says whether they are. */
  private boolean awaitWritten(Instant moment, ComparisonRun run) throws InterruptedException {
    long end = System.nanoTime() + settings.patience().toNanos();
    while (writtenUntil.now().filter(until -> !until.isBefore(moment)).isEmpty()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      run.renew();
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
    return true;
  }

  private Map<Kind, Losses.Lost> lost(Set<Kind> kinds, ComparisonWindow window)
      throws SQLException {
    Map<Kind, Losses.Lost> lost = new TreeMap<>();
    for (Kind kind : kinds) {
      lost.put(kind, losses.of(kind, window));
    }
    return lost;
  }

  private Map<Kind, Map<DeliveryPath, OptionalDouble>> latencies(
      Set<Kind> kinds, ComparisonWindow window) throws SQLException {
    Map<Kind, Map<DeliveryPath, OptionalDouble>> latencies = new TreeMap<>();
    for (Kind kind : kinds) {
      latencies.put(
          kind,
          Map.of(
              DeliveryPath.LEGACY,
              AcceptToRow.p95(legacy, kind, window.fromStamp(), window.toStamp()),
              DeliveryPath.STREAM,
              AcceptToRow.p95(stream, kind, window.fromStamp(), window.toStamp())));
    }
    return latencies;
  }
}
