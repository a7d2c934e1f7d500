package io.crossfade.router.console;

import io.crossfade.router.overview.LiveFigures;
import java.security.Principal;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** {@code /console}: where each kind stands, as it happens. */
@Controller
final class OverviewPage {

  private final LiveFigures figures;
  private final LiveFeed feed;
  private final MessageSource words;

  OverviewPage(LiveFigures figures, LiveFeed feed, MessageSource words) {
    this.words = words;
    this.figures = figures;
    this.feed = feed;
  }

  @GetMapping("/console")
  String page(Model model, Locale locale) {
    model.addAttribute("sentences", new Sentences(words, locale));
    model.addAttribute("now", figures.now());
    return "console/overview";
  }

  @GetMapping(path = "/console/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> live(Principal user, Locale locale) {
    SseEmitter connection = feed.watch(user.getName(), locale);
    return connection == null
        ? ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS).header("Retry-After", "60").build()
        : ResponseEntity.ok(connection);
  }
}
