package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.explain.ExplanationRules;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.RuleController;
import io.crossfade.router.reconciliation.RuleController.RuleRequest;
import java.security.Principal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /console/rules}: differences that somebody answers for until a day. */
@Controller
@RequestMapping("/console/rules")
final class RulesPage {

  private static final String PAGE = "redirect:/console/rules";

  /**
   * The form of a rule, as it came; whatever is empty matches everything.
   *
   * @param until ISO 8601
   */
  record RuleForm(
      @Nullable String kind,
      @Nullable String difference,
      @Nullable String column,
      @Nullable String device,
      @Nullable String reason,
      @Nullable String until) {

    RuleRequest request() throws RefusedException {
      return new RuleRequest(
          Choice.kind(kind),
          Choice.of(DifferenceClass.class, difference),
          given(column),
          given(device),
          reason,
          moment(given(until)));
    }

    private static @Nullable String given(@Nullable String text) {
      return text == null || text.isBlank() ? null : text.strip();
    }

    private static @Nullable Instant moment(@Nullable String text) throws RefusedException {
      try {
        return text == null ? null : Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw new RefusedException(
            Refusal.UNREADABLE, "%s is no moment as 2026-12-24T00:00:00Z is one".formatted(text));
      }
    }
  }

  private final RuleController api;

  RulesPage(RuleController api) {
    this.api = api;
  }

  @GetMapping
  String page(Model model) {
    TreeSet<String> columns = new TreeSet<>();
    Kind.all().forEach(kind -> columns.addAll(ExplanationRules.columns(kind)));
    model.addAttribute("rules", api.rules());
    model.addAttribute("runs", RuleController.RUNS);
    model.addAttribute("columns", columns);
    model.addAttribute("classes", DifferenceClass.values());
    return "console/rules";
  }

  /** One that is refused leaves what was typed in the form. */
  @PostMapping
  String add(RuleForm form, Principal actor, RedirectAttributes flash) {
    try {
      flash.addFlashAttribute("added", api.addRule(form.request(), actor).id());
    } catch (RefusedException e) {
      flash.addFlashAttribute("refused", ConsoleAdvice.Refused.of(e));
      flash.addFlashAttribute("typed", form);
    }
    return PAGE;
  }

  @PostMapping("/{id}/end")
  String end(@PathVariable long id, Principal actor, RedirectAttributes flash)
      throws RefusedException {
    api.endRule(id, actor);
    flash.addFlashAttribute("ended", id);
    return PAGE;
  }
}
