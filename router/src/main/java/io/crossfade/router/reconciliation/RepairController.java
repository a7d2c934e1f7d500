package io.crossfade.router.reconciliation;

import io.crossfade.db.DeliveryPath;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.reconciler.repair.RepairScript;
import io.crossfade.reconciler.repair.RowChange;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.security.Principal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/reconciler/runs/{id}/repairs}: what is done about the differences of a run. */
@RestController
@RequestMapping("/api/reconciler/runs/{id}")
public final class RepairController {

  private static final int MOST = 1_000;

  /** Changes of a dry run in an answer; the file has more, the command line prints all. */
  private static final int CHANGES = 100;

  /**
   * What a repair did, or would do.
   *
   * @param receipt under which it is recorded; {@code null} of a dry run
   * @param selected rows on which it was to act, to touch them or to leave them alone
   * @param preview digest of these rows: a repair names that of the dry run that a person has seen
   * @param changes the first of those that a dry run would make: health data
   * @param changing how many there are of these
   * @param verification how to see that it helped
   */
  public record RepairAnswer(
      boolean applied,
      @Nullable Long receipt,
      long selected,
      String selection,
      String preview,
      Repair.Done rows,
      List<RowChange> changes,
      long changing,
      String verification) {}

  private final ReconcilerController runs;
  private final Repair repair;

  public RepairController(ReconcilerController runs, Repair repair) {
    this.runs = runs;
    this.repair = repair;
  }

  @PostMapping("/repairs")
  public RepairAnswer repair(
      @PathVariable long id, @RequestBody RepairRequest request, Principal actor)
      throws RefusedException, SQLException {
    Comparisons.Summary found = run(id);
    Repair.Plan plan = plan(id, request);
    try {
      return request.dryRun() ? preview(plan) : repair(plan, found, request, actor.getName());
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
  }

  /** The statements of a dry run, as a file that says whether they are all: health data. */
  @PostMapping("/repairs.sql")
  public void script(
      @PathVariable long id, @RequestBody RepairRequest request, HttpServletResponse response)
      throws RefusedException, SQLException, IOException {
    run(id);
    StringWriter script = new StringWriter();
    try {
      RepairScript.write(repair, plan(id, request), RepairScript.MOST, script);
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
    response.setContentType("application/sql;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader(
        "Content-Disposition",
        "attachment; filename=\"crossfade-repair-run-%d.sql\"".formatted(id));
    response.getWriter().append(script.getBuffer());
  }

  /** Who repaired what of a run, and why: the newest first. */
  @GetMapping("/repairs")
  public List<Repair.Recorded> repairs(
      @PathVariable long id, @RequestParam(defaultValue = "100") int limit)
      throws RefusedException {
    runs.run(id);
    return repair.recorded(id, Math.clamp(limit, 1, MOST));
  }

  private RepairAnswer preview(Repair.Plan plan) throws SQLException {
    List<RowChange> changes = new ArrayList<>();
    Repair.Preview would =
        repair.dryRun(
            plan,
            change -> {
              if (changes.size() < CHANGES) {
                changes.add(change);
              }
            });
    Repair.Done rows = would.done();
    return new RepairAnswer(
        false,
        null,
        would.selected(),
        plan.selection().toString(),
        would.digest(),
        rows,
        changes,
        rows.toLegacy() + rows.toStream(),
        "");
  }

  private RepairAnswer repair(
      Repair.Plan plan, Comparisons.Summary of, RepairRequest request, String actor)
      throws RefusedException, SQLException {
    String reason = Reason.of(request.reason());
    Repair.Receipt receipt = repair.apply(plan, request.seen(), actor, reason);
    if (receipt.selected() > 0) {
      runs.verify(plan.verification(of, receipt));
    }
    return new RepairAnswer(
        true,
        receipt.id(),
        receipt.selected(),
        plan.selection().toString(),
        request.seen(),
        receipt.done(),
        List.of(),
        0,
        "a run of origin REPAIR looks at these rows again");
  }

  private Comparisons.Summary run(long id) throws RefusedException {
    Comparisons.Summary found = runs.run(id);
    if (found.kinds().isEmpty()) {
      throw new RefusedException(
          Refusal.NOT_FOUND, "Run %d is of kinds that this router has not".formatted(id));
    }
    return found;
  }

  private static Repair.Plan plan(long id, RepairRequest request) throws RefusedException {
    return new Repair.Plan(
        id, request.selection(), Choice.of(DeliveryPath.class, request.prefer()));
  }
}
