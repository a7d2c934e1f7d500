package io.crossfade.router.console;

import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.router.operator.AuditController;
import io.crossfade.router.operator.AuditController.View;
import io.crossfade.router.operator.AuditController.Wanted;
import io.crossfade.router.operator.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /console/audit}: who did what, when and why. */
@Controller
@RequestMapping("/console/audit")
final class AuditPage {

  private static final String WANTED = "wanted";
  private static final int AT_ONCE = 50;

  private final AuditController api;

  AuditPage(AuditController api) {
    this.api = api;
  }

  @GetMapping
  String page(
      @ModelAttribute(WANTED) Wanted wanted,
      @RequestParam(required = false) @Nullable Long before,
      Model model)
      throws RefusedException {
    List<View> acts = api.acts(wanted, before, AT_ONCE);
    model.addAttribute("acts", acts);
    model.addAttribute("before", before);
    model.addAttribute("older", acts.size() == AT_ONCE ? acts.getLast().id() : null);
    return shown(model);
  }

  /** One act, for whoever was given its address. */
  @GetMapping("/{id}")
  String act(@PathVariable long id, Model model) throws RefusedException {
    model.addAttribute(WANTED, new Wanted(null, null, null, null, null));
    model.addAttribute("acts", List.of(api.act(id)));
    return shown(model);
  }

  /** All that the page shows, page after page, as a file. */
  @GetMapping("/acts.csv")
  void csv(@ModelAttribute(WANTED) Wanted wanted, HttpServletResponse response)
      throws RefusedException, IOException {
    api.csv(wanted, response);
  }

  private static String shown(Model model) {
    model.addAttribute("actions", Action.values());
    return "console/audit";
  }
}
