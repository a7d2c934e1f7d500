package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.RolloutChange;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.process.Asking;
import io.crossfade.router.rollout.RollbackReceipt;
import io.crossfade.router.rollout.RolloutController;
import io.crossfade.router.rollout.RolloutController.Because;
import io.crossfade.router.rollout.RolloutController.ChangeRequest;
import io.crossfade.router.rollout.RolloutController.OptInRequest;
import io.crossfade.router.rollout.RolloutController.RollbackRequest;
import io.crossfade.router.rollout.RouterController;
import io.crossfade.router.rollout.RouterController.ForgetRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.math.BigDecimal;
import java.security.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.TransactionException;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /console/rollout}: the gates, the next step, the history, and the way back. */
@Controller
@RequestMapping("/console/rollout")
final class RolloutPage {

  private static final Logger log = LoggerFactory.getLogger(RolloutPage.class);
  private static final String PAGE = "redirect:/console/rollout";
  private static final int HISTORY = 50;

  /** The form of a change, as it came. */
  record ChangeForm(
      @Nullable String kind,
      @Nullable String stage,
      @Nullable BigDecimal percentage,
      @Nullable String reason,
      @Nullable String ticket,
      @Nullable Long version,
      @Nullable Boolean force) {

    /** A dry run needs no reason yet. */
    ChangeRequest request(boolean dryRun) {
      return new ChangeRequest(
          kind,
          stage,
          "canary".equals(stage) ? percentage : null,
          null,
          null,
          null,
          null,
          dryRun && (reason == null || reason.isBlank()) ? "dry run" : reason,
          ticket == null || ticket.isBlank() ? null : ticket,
          version,
          force != null && force,
          dryRun);
    }
  }

  /** The form of a change of the opt-in, as it came. */
  record OptInForm(
      @Nullable String kind,
      @Nullable Boolean on,
      @Nullable String reason,
      @Nullable String ticket,
      @Nullable Long version) {

    OptInRequest request() {
      return new OptInRequest(
          kind, on, reason, ticket == null || ticket.isBlank() ? null : ticket, version);
    }
  }

  /** Forms that stand in the card of a kind. */
  private static final Set<String> IN_A_CARD = Set.of("changes", "opt-in", "holds", "releases");

  /**
   * A form that was refused: it stays as it was filled in, with what is wrong beside it.
   *
   * @param kind label of the one whose card has it
   * @param action last part of its address
   * @param typed values by field
   */
  record RefusedForm(
      String kind, String action, Map<String, String> typed, ConsoleAdvice.Refused refused) {}

  private final RolloutController api;
  private final RouterController routers;
  private final ConsoleAdvice pages;

  RolloutPage(RolloutController api, RouterController routers, ConsoleAdvice pages) {
    this.api = api;
    this.routers = routers;
    this.pages = pages;
  }

  /** What a card's form is refused for is said in that card; all else as on every page. */
  @ExceptionHandler
  ModelAndView refused(
      Exception e,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash)
      throws Exception {
    String path = request.getRequestURI();
    String action = path.substring(path.lastIndexOf('/') + 1);
    Optional<Kind> kind = Optional.ofNullable(request.getParameter("kind")).flatMap(Kind::ofName);
    RefusedException refused =
        kind.isEmpty() || !IN_A_CARD.contains(action) ? null : ConsoleAdvice.refusal(e, request);
    if (refused == null) {
      return pages.refused(e, request, response, locale, flash);
    }
    Map<String, String> typed = new HashMap<>();
    request.getParameterMap().forEach((field, values) -> typed.put(field, values[0]));
    flash.addFlashAttribute(
        "refusedForm",
        new RefusedForm(kind.get().label(), action, typed, ConsoleAdvice.Refused.of(refused)));
    return new ModelAndView(PAGE + "#kind-" + kind.get().label());
  }

  @GetMapping
  String page(Model model) throws RefusedException {
    RolloutController.Overview rollout = api.overview();
    model.addAttribute("rollout", rollout);
    // Where everything stands, and the way back, must be there without the database, too.
    Asking control = Asking.controlSchema(!rollout.stale());
    model.addAttribute("silent", control.ask(routers::silent));
    model.addAttribute("forgotten", control.ask(() -> routers.forgotten(HISTORY)));
    model.addAttribute("history", control.answers() ? history() : null);
    return "console/rollout";
  }

  /** {@code null} while the control schema does not answer: the switches are shown all the same. */
  private @Nullable List<RolloutChange> history() throws RefusedException {
    try {
      return api.history(null, HISTORY);
    } catch (DataAccessException | TransactionException e) {
      log.debug("No history: {}", e.getMessage());
      return null;
    }
  }

  /** The gates alone, as they are now. */
  @GetMapping("/gates")
  String gates(@RequestParam String kind, Model model) throws RefusedException {
    model.addAttribute("kind", api.kind(kind));
    return "console/parts :: gates";
  }

  @GetMapping("/rollbacks/{id}")
  String receipt(@PathVariable String id, Model model) throws RefusedException {
    model.addAttribute("receipt", api.receipt(id));
    return "console/parts :: receipt";
  }

  /** What a change would do, in place. */
  @PostMapping("/plans")
  String plan(ChangeForm form, Principal actor, Model model) throws RefusedException {
    model.addAttribute("plan", api.change(form.request(true), actor));
    return "console/parts :: plan";
  }

  @PostMapping("/changes")
  String change(ChangeForm form, Principal actor, RedirectAttributes flash)
      throws RefusedException {
    flash.addFlashAttribute("changed", api.change(form.request(false), actor));
    return PAGE;
  }

  @PostMapping("/opt-in")
  String optIn(OptInForm form, Principal actor, RedirectAttributes flash) throws RefusedException {
    flash.addFlashAttribute("changed", api.optIn(form.request(), actor));
    return PAGE;
  }

  @PostMapping("/rollbacks")
  String rollback(
      @RequestParam String kind,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String to,
      Principal actor,
      RedirectAttributes flash)
      throws RefusedException {
    RollbackReceipt receipt = api.rollback(new RollbackRequest(kind, reason, to), actor);
    flash.addFlashAttribute("receipt", receipt);
    return PAGE;
  }

  @PostMapping("/holds")
  String hold(
      @RequestParam String kind,
      @RequestParam(required = false) @Nullable String reason,
      Principal actor)
      throws RefusedException {
    api.hold(new Because(kind, reason), actor);
    return PAGE;
  }

  @PostMapping("/forgotten")
  String forget(
      @RequestParam String instance,
      @RequestParam(required = false) @Nullable String reason,
      Principal actor)
      throws RefusedException {
    routers.forget(new ForgetRequest(instance, reason), actor);
    return PAGE;
  }

  @PostMapping("/releases")
  String release(@RequestParam String kind, Principal actor) throws RefusedException {
    api.release(kind, actor);
    return PAGE;
  }
}
