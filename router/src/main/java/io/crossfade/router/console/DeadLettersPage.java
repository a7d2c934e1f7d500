package io.crossfade.router.console;

import io.crossfade.db.control.DeadLetterDesk.State;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.router.deadletters.DeadLetterController;
import io.crossfade.router.deadletters.DeadLetterController.View;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.security.Principal;
import java.sql.SQLException;
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

/** {@code /console/dead-letters}: what no output could take. */
@Controller
@RequestMapping("/console/dead-letters")
final class DeadLettersPage {

  private static final String PAGE = "redirect:/console/dead-letters";
  private static final int AT_ONCE = 25;

  /** How many reasons are listed, those with the most letters. */
  private static final int REASONS = 20;

  private final DeadLetterController api;

  DeadLettersPage(DeadLetterController api) {
    this.api = api;
  }

  @GetMapping
  String page(
      @RequestParam(required = false) @Nullable String source,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(defaultValue = "open") String state,
      @RequestParam(required = false) @Nullable String died,
      @RequestParam(required = false) @Nullable String after,
      Model model)
      throws RefusedException, SQLException {
    List<View> letters = api.letters(source, kind, state, died, AT_ONCE, after);
    model.addAttribute("letters", letters);
    model.addAttribute("source", source);
    model.addAttribute("kind", kind);
    model.addAttribute("state", state);
    model.addAttribute("died", died == null || died.isEmpty() ? null : died);
    model.addAttribute("alike", api.reasons(source, kind, state, REASONS));
    model.addAttribute("after", after);
    model.addAttribute("next", letters.size() == AT_ONCE ? letters.getLast().place() : null);
    return shown(model);
  }

  /** One letter with all of its body. */
  @GetMapping("/{source}/{key}")
  String letter(@PathVariable String source, @PathVariable String key, Model model)
      throws RefusedException, SQLException {
    View letter = api.letter(source, key);
    model.addAttribute("letters", List.of(letter));
    model.addAttribute("source", letter.source().name());
    model.addAttribute("kind", letter.kind().label());
    model.addAttribute("state", letter.state().name());
    return shown(model);
  }

  private String shown(Model model) {
    model.addAttribute("dropped", api.quota().stream().filter(of -> of.dropped() > 0).toList());
    model.addAttribute("sources", Source.values());
    model.addAttribute("states", State.values());
    return "console/dead-letters";
  }

  /** All open ones that died of one reason. */
  @PostMapping("/redrive")
  String redrive(DeadLetterController.Again which, Principal actor, RedirectAttributes flash)
      throws RefusedException, SQLException {
    flash.addFlashAttribute("redriven", api.redrive(ofOneReason(which), actor));
    return PAGE;
  }

  @PostMapping("/discard")
  String discard(DeadLetterController.Discard which, Principal actor, RedirectAttributes flash)
      throws RefusedException, SQLException {
    ofOneReason(new DeadLetterController.Again(which.source(), which.kind(), which.died()));
    flash.addFlashAttribute("discarded", api.discard(which, actor).letters());
    return PAGE;
  }

  /** A form that lost its reason must not mean all letters. */
  private static DeadLetterController.Again ofOneReason(DeadLetterController.Again which)
      throws RefusedException {
    if (which.died() == null || which.died().isEmpty()) {
      throw new RefusedException(Refusal.SELECTION_MISSING, "Say of which reason they died");
    }
    return which;
  }

  @PostMapping("/{source}/{key}/redrive")
  String redrive(
      @PathVariable String source,
      @PathVariable String key,
      Principal actor,
      RedirectAttributes flash)
      throws RefusedException, SQLException {
    api.redrive(source, key, actor);
    flash.addFlashAttribute("done", "redriven");
    return PAGE;
  }

  @PostMapping("/{source}/{key}/discard")
  String discard(
      @PathVariable String source,
      @PathVariable String key,
      @RequestParam(required = false) @Nullable String reason,
      Principal actor,
      RedirectAttributes flash)
      throws RefusedException, SQLException {
    api.discard(source, key, new DeadLetterController.Because(reason), actor);
    flash.addFlashAttribute("done", "discarded");
    return PAGE;
  }
}
