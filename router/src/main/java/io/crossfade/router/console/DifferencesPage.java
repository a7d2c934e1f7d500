package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons.Summary;
import io.crossfade.reconciler.DifferenceOrder;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.reconciler.repair.SelectionChangedException;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.FilterRequest;
import io.crossfade.router.reconciliation.ReconcilerController;
import io.crossfade.router.reconciliation.ReconcilerController.Because;
import io.crossfade.router.reconciliation.ReconcilerController.RunRequest;
import io.crossfade.router.reconciliation.RepairController;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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

/** {@code /console/differences}: what comparisons found, both rows of it, and its repair. */
@Controller
@RequestMapping("/console/differences")
final class DifferencesPage {

  private static final String PAGE = "redirect:/console/differences";
  private static final String ASKED = "asked";
  private static final int RUNS = 50;
  private static final int AT_ONCE = 50;
  private static final int REPAIRS = 10;
  private static final Duration LONGEST_REPAIR = Duration.ofHours(1);

  /** Of a run whose worker died, until another one goes on with it. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  private final ReconcilerController api;
  private final RepairController repairs;
  private final InstantSource clock;

  DifferencesPage(ReconcilerController api, RepairController repairs, InstantSource clock) {
    this.api = api;
    this.repairs = repairs;
    this.clock = clock;
  }

  @GetMapping
  String page(
      @RequestParam(required = false) @Nullable Long run,
      @ModelAttribute(ASKED) FilterRequest asked,
      @RequestParam(required = false) @Nullable String order,
      @RequestParam(required = false) @Nullable String after,
      Model model)
      throws RefusedException {
    ReconcilerController.Overview overview = api.overview(RUNS);
    Summary shown = shown(overview.runs(), run);
    model.addAttribute("pause", overview.pause());
    model.addAttribute("runs", overview.runs());
    model.addAttribute("run", shown);
    model.addAttribute("urgent", urgent());
    model.addAttribute(ASKED, asked.filled());
    model.addAttribute("classes", DifferenceClass.values());
    model.addAttribute("reasons", Explanation.values());
    model.addAttribute("orders", DifferenceOrder.values());
    if (shown != null) {
      state(shown, model);
      found(shown, asked, order, after, model);
    }
    return "console/differences";
  }

  /** How far a run is; asked for again and again while something goes on. */
  @GetMapping("/{run}/state")
  String state(@PathVariable long run, HttpServletResponse response, Model model)
      throws RefusedException {
    if (!state(api.run(run), model)) {
      response.setHeader("HX-Trigger", "run-settled");
    }
    model.addAttribute("urgent", urgent());
    return "console/found :: state";
  }

  /** What a run found, by now. */
  @GetMapping("/{run}/found")
  String found(
      @PathVariable long run,
      @ModelAttribute(ASKED) FilterRequest asked,
      @RequestParam(required = false) @Nullable String order,
      @RequestParam(required = false) @Nullable String after,
      Model model)
      throws RefusedException {
    Summary shown = api.run(run);
    state(shown, model);
    found(shown, asked, order, after, model);
    model.addAttribute(ASKED, asked.filled());
    return "console/found :: found";
  }

  /** Whether something goes on: the run, or a repair of what it found. */
  private boolean state(Summary run, Model model) throws RefusedException {
    Instant now = clock.instant();
    // Of one that died, nobody says so.
    List<Repair.Recorded> atWork =
        repairs.repairs(run.id(), REPAIRS).stream()
            .filter(one -> one.finishedAt() == null)
            .filter(one -> one.startedAt().plus(LONGEST_REPAIR).isAfter(now))
            .toList();
    boolean compares =
        !run.finished()
            && (run.worker() != null || run.updatedAt().plus(LONGEST_PAUSE).isAfter(now));
    boolean going = compares || !atWork.isEmpty();
    model.addAttribute("run", run);
    model.addAttribute("repairing", atWork);
    model.addAttribute("going", going);
    return going;
  }

  private void found(
      Summary run, FilterRequest asked, @Nullable String order, @Nullable String after, Model model)
      throws RefusedException {
    String from = after == null || after.isEmpty() ? null : after;
    String by = order == null || order.isEmpty() ? null : order;
    model.addAttribute("page", api.differences(run.id(), asked, by, from, AT_ONCE));
    model.addAttribute("summary", api.summary(run.id(), asked));
    model.addAttribute("address", new DifferencesAddress(run.id(), asked.filled(), by));
    model.addAttribute("after", from);
  }

  private static boolean urgent() {
    return Kind.all().stream().anyMatch(one -> one.definition().urgentRows().isPresent());
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
    model.addAttribute("repair", repairs.repair(run, form.request(true), actor));
    model.addAttribute("runId", run);
    model.addAttribute("form", form);
    model.addAttribute(ASKED, form.shown());
    return "console/parts :: repair-plan";
  }

  /** All that it would do, as statements in a file. */
  @PostMapping("/{run}/plans.sql")
  void script(@PathVariable long run, RepairForm form, HttpServletResponse response)
      throws RefusedException, SQLException, IOException {
    repairs.script(run, form.request(true), response);
  }

  /** Back to what the person saw, with what was done or why it was not. */
  @PostMapping("/{run}/repairs")
  String repair(@PathVariable long run, RepairForm form, Principal actor, RedirectAttributes flash)
      throws RefusedException, SQLException {
    try {
      flash.addFlashAttribute("repair", repairs.repair(run, form.request(false), actor));
    } catch (RefusedException | SelectionChangedException e) {
      RefusedException refused = Objects.requireNonNull(RefusedException.of(e));
      flash.addFlashAttribute(
          "refused", new ConsoleAdvice.Refused(refused.refusal().label(), refused.detail()));
    }
    return "redirect:" + new DifferencesAddress(run, form.shown(), form.order()).page();
  }

  /** Compares the last minutes, or hours, now. */
  @PostMapping("/runs")
  String compare(@RequestParam Duration back, Principal actor, RedirectAttributes flash)
      throws RefusedException, InterruptedException {
    Instant now = clock.instant();
    long newest = api.overview(1).runs().stream().mapToLong(Summary::id).max().orElse(0);
    api.compare(new RunRequest(before(now, back), now, null), actor);
    flash.addFlashAttribute("begun", newest);
    return PAGE;
  }

  private static Instant before(Instant now, Duration back) throws RefusedException {
    try {
      return now.minus(back);
    } catch (DateTimeException | ArithmeticException e) {
      throw RefusedException.unreadable(
          new IllegalArgumentException("back cannot be " + back + ": no moment is that far", e));
    }
  }

  /** The run that was asked for when that one was the newest, once it has begun. */
  @GetMapping("/begun")
  String begun(@RequestParam(defaultValue = "0") long after, Model model) {
    model.addAttribute("begun", after);
    api.overview(RUNS).runs().stream()
        .filter(run -> run.id() > after && run.origin() == Origin.ON_DEMAND)
        .mapToLong(Summary::id)
        .min()
        .ifPresent(run -> model.addAttribute("begunRun", run));
    return "console/found :: begun";
  }

  @PostMapping("/pause")
  String pause(@RequestParam(required = false) @Nullable String reason, Principal actor)
      throws RefusedException {
    api.pause(new Because(reason), actor);
    return PAGE;
  }

  @PostMapping("/resume")
  String resume(Principal actor) {
    api.resume(actor);
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
