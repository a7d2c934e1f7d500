package io.crossfade.router.console;

import io.crossfade.router.history.HistoryController;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.overview.LiveFigures;
import java.security.Principal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSource;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.TransactionException;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** {@code /console}: where each kind stands, as it happens. */
@Controller
final class OverviewPage {

  private static final Logger log = LoggerFactory.getLogger(OverviewPage.class);

  /** Minutes. */
  private static final int HOUR = 60;

  private final LiveFigures figures;
  private final LiveFeed feed;
  private final HistoryController history;
  private final MessageSource words;

  OverviewPage(LiveFigures figures, LiveFeed feed, HistoryController history, MessageSource words) {
    this.history = history;
    this.words = words;
    this.figures = figures;
    this.feed = feed;
  }

  @GetMapping("/console")
  String page(Model model, Locale locale) throws RefusedException {
    LiveFigures.Now now = figures.now();
    model.addAttribute("sentences", new Sentences(words, locale));
    model.addAttribute("now", now);
    model.addAttribute("past", now.databaseAway() ? null : lastHour(locale));
    return "console/overview";
  }

  /** What is live is shown all the same when this cannot be asked. */
  private @Nullable PastView lastHour(Locale locale) throws RefusedException {
    try {
      return PastView.of(history.last(HOUR), HOUR, words, locale);
    } catch (DataAccessException | TransactionException e) {
      log.warn("Cannot show the last hour: {}", e.getMessage());
      return null;
    }
  }

  @GetMapping(path = "/console/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> live(Principal user, Locale locale) {
    SseEmitter connection = feed.watch(user.getName(), locale);
    return connection == null
        ? ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS).header("Retry-After", "60").build()
        : ResponseEntity.ok(connection);
  }
}
