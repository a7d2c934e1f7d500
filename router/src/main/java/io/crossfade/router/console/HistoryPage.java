package io.crossfade.router.console;

import io.crossfade.router.history.HistoryController;
import io.crossfade.router.operator.RefusedException;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /console/history}: what was, of all routers; its first hour is on the overview, too. */
@Controller
final class HistoryPage {

  private final HistoryController api;
  private final MessageSource words;

  HistoryPage(HistoryController api, MessageSource words) {
    this.api = api;
    this.words = words;
  }

  @GetMapping("/console/history")
  String page(@RequestParam(defaultValue = "60") int minutes, Model model, Locale locale)
      throws RefusedException {
    show(minutes, model, locale);
    return "console/history";
  }

  /** The same without what is around it, for a page that is open. */
  @GetMapping("/console/history/charts")
  String charts(@RequestParam(defaultValue = "60") int minutes, Model model, Locale locale)
      throws RefusedException {
    show(minutes, model, locale);
    return "console/history :: charts";
  }

  private void show(int minutes, Model model, Locale locale) throws RefusedException {
    model.addAttribute("past", PastView.of(api.last(minutes), minutes, words, locale));
  }
}
