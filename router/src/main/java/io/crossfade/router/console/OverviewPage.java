package io.crossfade.router.console;

import java.io.IOException;
import java.util.Locale;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** {@code /console}: where each kind stands, as it happens. */
@Controller
final class OverviewPage {

  private final LiveFigures figures;
  private final LiveFeed feed;

  OverviewPage(LiveFigures figures, LiveFeed feed) {
    this.figures = figures;
    this.feed = feed;
  }

  @GetMapping("/console")
  String page(Model model) {
    model.addAttribute("now", figures.now());
    return "console/overview";
  }

  @GetMapping(path = "/console/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter live(Locale locale) throws IOException {
    return feed.watch(locale);
  }
}
