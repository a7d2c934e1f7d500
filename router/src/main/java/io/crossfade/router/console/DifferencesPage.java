package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.Comparisons.Summary;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.ReconcilerController;
import io.crossfade.router.reconciliation.ReconcilerController.Because;
import io.crossfade.router.reconciliation.ReconcilerController.RepairRequest;
import io.crossfade.router.reconciliation.ReconcilerController.RunRequest;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /console/differences}: what comparisons found, both rows of it, and its repair. */
@Controller
@RequestMapping("/console/differences")
final class DifferencesPage {

  private static final String PAGE = "redirect:/console/differences";
  private static final int RUNS = 50;
  private static final int AT_ONCE = 50;

  /** What a person asked to see; fields as they came. */
  record Asked(
      @Nullable String kind,
      @Nullable String difference,
      @Nullable Boolean explained,
      @Nullable String reason,
      @Nullable String device) {}

  private final ReconcilerController api;
  private final InstantSource clock;

  DifferencesPage(ReconcilerController api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  @GetMapping
  String page(
      @RequestParam(required = false) @Nullable Long run,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(name = "class", required = false) @Nullable String difference,
      @RequestParam(required = false) @Nullable Boolean explained,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String device,
      @RequestParam(required = false) @Nullable String after,
      Model model)
      throws RefusedException {
    ReconcilerController.Overview overview = api.overview(RUNS);
    Summary shown = shown(overview.runs(), run);
    model.addAttribute("pause", overview.pause());
    model.addAttribute("runs", overview.runs());
    model.addAttribute("run", shown);
    model.addAttribute(
        "urgent", Kind.all().stream().anyMatch(one -> one.definition().urgentRows().isPresent()));
    model.addAttribute("asked", new Asked(kind, difference, explained, reason, device));
    model.addAttribute("classes", DifferenceClass.values());
    model.addAttribute("reasons", Explanation.values());
    if (shown != null) {
      model.addAttribute(
          "page",
          api.differences(
              shown.id(),
              kind,
              difference,
              explained,
              reason,
              device == null || device.isBlank() ? null : device.strip(),
              after == null || after.isEmpty() ? null : after,
              AT_ONCE));
    }
    return "console/differences";
  }

  /** Both rows of a difference, as they are now. */
  @GetMapping("/rows/{table}/{id}")
  String rows(@PathVariable String table, @PathVariable String id, Model model)
      throws RefusedException, SQLException {
    model.addAttribute("row", api.row(table, id));
    return "console/parts :: row";
  }

  /** What a repair would do, in place. */
  @PostMapping("/{run}/plans")
  String plan(
      @PathVariable long run,
      @RequestParam(required = false) @Nullable String prefer,
      Principal actor,
      Model model)
      throws RefusedException, SQLException {
    model.addAttribute("repair", api.repair(run, new RepairRequest(prefer, null, true), actor));
    return "console/parts :: repair";
  }

  @PostMapping("/{run}/repairs")
  String repair(
      @PathVariable long run,
      @RequestParam(required = false) @Nullable String prefer,
      @RequestParam(required = false) @Nullable String reason,
      Principal actor,
      RedirectAttributes flash)
      throws RefusedException, SQLException {
    flash.addFlashAttribute(
        "repair", api.repair(run, new RepairRequest(prefer, reason, false), actor));
    return PAGE + "?run=" + run;
  }

  /** Compares the last minutes, or hours, now. */
  @PostMapping("/runs")
  String compare(@RequestParam Duration back, RedirectAttributes flash) throws RefusedException {
    Instant now = clock.instant();
    api.compare(new RunRequest(now.minus(back), now, null));
    flash.addFlashAttribute("begun", back);
    return PAGE;
  }

  @PostMapping("/pause")
  String pause(@RequestParam(required = false) @Nullable String reason, Principal actor)
      throws RefusedException {
    api.pause(new Because(reason), actor);
    return PAGE;
  }

  @PostMapping("/resume")
  String resume() {
    api.resume();
    return PAGE;
  }

  /** The run that was asked for; else the newest that failed, else the newest. */
  private @Nullable Summary shown(List<Summary> runs, @Nullable Long asked)
      throws RefusedException {
    if (asked != null) {
      return api.run(asked);
    }
    return runs.stream()
        .filter(run -> run.finished() && "FAIL".equals(run.verdict()))
        .findFirst()
        .or(() -> runs.stream().findFirst())
        .orElse(null);
  }
}
