package io.crossfade.router.reconciliation;

import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.nightly.Nightly;
import io.crossfade.reconciler.nightly.NightlyReport;
import io.crossfade.reconciler.nightly.NightlyReports;
import io.crossfade.reconciler.report.DifferencesCsv;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/reports}: what was found each night. */
@RestController
@RequestMapping("/api/reports")
public final class ReportController {

  private static final int MOST = 1_000;

  /** The page is one file with its styles in it, and runs nothing. */
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

  /**
   * A night that is to be done now.
   *
   * @param day that is over, in the zone of the nights; {@code null} for the last one
   */
  public record NightRequest(@Nullable LocalDate day) {}

  private final NightlyReports reports;
  private final Differences differences;
  private final Nightly nightly;
  private final AuditLog audit;

  public ReportController(
      NightlyReports reports, Differences differences, Nightly nightly, AuditLog audit) {
    this.reports = reports;
    this.differences = differences;
    this.nightly = nightly;
    this.audit = audit;
  }

  /** Compares a day and reports it, beginning now; its report is in the list when it is done. */
  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  public Nightly.Asked night(@RequestBody NightRequest request, Principal actor)
      throws RefusedException, InterruptedException {
    Nightly.Asked asked;
    try {
      asked =
          nightly
              .ask(request.day())
              .orElseThrow(
                  () ->
                      new RefusedException(
                          Refusal.RUN_AT_WORK, "A night is at work, on this router or another"));
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
    Long run = asked.run();
    audit.keep(
        Act.of(actor.getName(), Action.RUN)
            .on("night of " + asked.day())
            .receipt(run == null ? null : run.toString()));
    return asked;
  }

  /** The newest first. */
  @GetMapping
  public List<NightlyReport> reports(@RequestParam(defaultValue = "100") int limit) {
    return reports.latest(Math.clamp(limit, 1, MOST));
  }

  @GetMapping(path = "/{id}/report.html", produces = MediaType.TEXT_HTML_VALUE)
  public ResponseEntity<byte[]> html(@PathVariable long id) throws RefusedException {
    String page = reports.html(id).orElseThrow(() -> missing(id));
    return ResponseEntity.ok()
        .header("Content-Security-Policy", POLICY)
        .cacheControl(CacheControl.noStore())
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .body(page.getBytes(StandardCharsets.UTF_8));
  }

  @GetMapping(path = "/{id}/report.json", produces = MediaType.APPLICATION_JSON_VALUE)
  public ResponseEntity<byte[]> json(@PathVariable long id) throws RefusedException {
    String json = reports.json(id).orElseThrow(() -> missing(id));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .contentType(MediaType.APPLICATION_JSON)
        .body(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Every difference with both values: health data. */
  @GetMapping("/{id}/differences.csv")
  public void csv(@PathVariable long id, HttpServletResponse response)
      throws RefusedException, IOException {
    NightlyReport report = reports.find(id).orElseThrow(() -> missing(id));
    response.setContentType("text/csv;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader(
        "Content-Disposition",
        "attachment; filename=\"crossfade-differences-%s.csv\"".formatted(report.day()));
    DifferencesCsv.write(
        differences, report.comparisonId(), DifferenceFilter.ALL, response.getWriter());
  }

  private static RefusedException missing(long id) {
    return new RefusedException(Refusal.NOT_FOUND, "No report has the id " + id);
  }
}
