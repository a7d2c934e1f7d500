package io.crossfade.router.console;

import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.ReportController;
import io.crossfade.router.reconciliation.ReportController.NightRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /console/reports}: what was found each night. */
@Controller
@RequestMapping("/console/reports")
final class ReportsPage {

  private static final int NIGHTS = 90;

  private final ReportController api;

  ReportsPage(ReportController api) {
    this.api = api;
  }

  @GetMapping
  String page(Model model) {
    model.addAttribute("reports", api.reports(NIGHTS));
    return "console/reports";
  }

  /** Does the last night now, or again. */
  @PostMapping("/nights")
  String night(Principal actor, RedirectAttributes flash)
      throws RefusedException, InterruptedException {
    flash.addFlashAttribute("begun", api.night(new NightRequest(null), actor).day());
    return "redirect:/console/reports";
  }

  @GetMapping("/{id}")
  String report(@PathVariable long id, Model model) {
    model.addAttribute("reports", api.reports(NIGHTS));
    model.addAttribute("shown", id);
    return "console/reports";
  }

  @GetMapping("/{id}/report.html")
  ResponseEntity<byte[]> html(@PathVariable long id) throws RefusedException {
    return api.html(id);
  }

  @GetMapping("/{id}/report.json")
  ResponseEntity<byte[]> json(@PathVariable long id) throws RefusedException {
    return api.json(id);
  }

  @GetMapping("/{id}/differences.csv")
  void csv(@PathVariable long id, HttpServletResponse response)
      throws RefusedException, IOException {
    api.csv(id, response);
  }
}
