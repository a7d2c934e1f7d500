package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.Comparisons.Summary;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.repair.SelectionChangedException;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.FilterRequest;
import io.crossfade.router.reconciliation.ReconcilerController;
import io.crossfade.router.reconciliation.ReconcilerController.Because;
import io.crossfade.router.reconciliation.ReconcilerController.RunRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** {@code /console/differences}: what comparisons found, both rows of it, and its repair. */
@Controller
@RequestMapping("/console/differences")
final class DifferencesPage {

  private static final String PAGE = "redirect:/console/differences";
  private static final String ASKED = "asked";
  private static final int RUNS = 50;
  private static final int AT_ONCE = 50;

  private final ReconcilerController api;
  private final InstantSource clock;

  DifferencesPage(ReconcilerController api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  @GetMapping
  String page(
      @RequestParam(required = false) @Nullable Long run,
      @ModelAttribute(ASKED) FilterRequest asked,
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
    model.addAttribute(ASKED, asked.filled());
    model.addAttribute("classes", DifferenceClass.values());
    model.addAttribute("reasons", Explanation.values());
    if (shown != null) {
      model.addAttribute(
          "page",
          api.differences(
              shown.id(), asked, after == null || after.isEmpty() ? null : after, AT_ONCE));
    }
    return "console/differences";
  }

  /** All that the page shows, page after page, as a file. */
  @GetMapping("/{run}/differences.csv")
  void csv(
      @PathVariable long run,
      @ModelAttribute(ASKED) FilterRequest asked,
      HttpServletResponse response)
      throws RefusedException, IOException {
    api.csv(run, asked, response);
  }

  /** Both rows of a difference, as they are now. */
  @GetMapping("/rows/{table}/{id}")
  String rows(@PathVariable String table, @PathVariable String id, Model model)
      throws RefusedException, SQLException {
    model.addAttribute("row", api.row(table, id));
    return "console/parts :: row";
  }

  /** What a repair would do, for a person to say yes to. */
  @PostMapping("/{run}/plans")
  String plan(@PathVariable long run, RepairForm form, Principal actor, Model model)
      throws RefusedException, SQLException {
    model.addAttribute("repair", api.repair(run, form.request(true), actor));
    model.addAttribute("runId", run);
    model.addAttribute("form", form);
    model.addAttribute(ASKED, form.shown());
    return "console/parts :: repair-plan";
  }

  /** Back to what the person saw, with what was done or why it was not. */
  @PostMapping("/{run}/repairs")
  String repair(@PathVariable long run, RepairForm form, Principal actor, RedirectAttributes flash)
      throws RefusedException, SQLException {
    try {
      flash.addFlashAttribute("repair", api.repair(run, form.request(false), actor));
    } catch (RefusedException | SelectionChangedException e) {
      RefusedException refused = Objects.requireNonNull(RefusedException.of(e));
      flash.addFlashAttribute(
          "refused", new ConsoleAdvice.Refused(refused.refusal().label(), refused.detail()));
    }
    return "redirect:" + address(run, form.shown());
  }

  /** Of the page that shows this. */
  private static String address(long run, FilterRequest shown) {
    UriComponentsBuilder address =
        UriComponentsBuilder.fromPath("/console/differences").queryParam("run", run);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("kind", shown.kind());
    fields.put("class", shown.difference());
    fields.put("column", shown.column());
    fields.put("explained", shown.explained());
    fields.put("reason", shown.reason());
    fields.put("urgent", shown.urgent());
    fields.put("repaired", shown.repaired());
    fields.put("device", shown.device());
    fields.put("from", shown.from());
    fields.put("to", shown.to());
    Map<String, Object> values = new HashMap<>();
    fields.forEach(
        (name, value) -> {
          if (value != null) {
            address.queryParam(name, "{" + name + "}");
            values.put(name, value);
          }
        });
    return address.encode().buildAndExpand(values).toUriString();
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
