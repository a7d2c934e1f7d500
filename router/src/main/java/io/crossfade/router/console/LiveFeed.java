package io.crossfade.router.console;

import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import io.crossfade.router.overview.LiveFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/**
 * Sends the overview to everybody who looks at it, once a second; asks no server anything while no
 * one looks. A connection ends after a minute and the browser comes again, so that whoever is
 * logged out sees no more.
 */
final class LiveFeed implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(LiveFeed.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final long LONGEST_MS = 60_000;
  private static final int MOST_WATCHERS = 50;

  /** Sooner than a page says that it has heard nothing. */
  private static final long COMES_AGAIN_MS = 500;

  /** Windows of one person; else one script would leave nobody else a place. */
  private static final int MOST_OF_A_USER = 5;

  /**
   * Somebody who looks.
   *
   * @param busy whether the last overview is still on its way to a slow browser
   */
  private record Watcher(SseEmitter emitter, String user, Locale locale, AtomicBoolean busy) {}

  private final LiveFigures figures;
  private final ITemplateEngine templates;
  private final MessageSource words;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final Loops loops;
  private @Nullable SupervisedLoop ticker;
  private volatile boolean running;

  LiveFeed(LiveFigures figures, ITemplateEngine templates, MessageSource words, Loops loops) {
    this.words = words;
    this.loops = loops;
    this.figures = figures;
    this.templates = templates;
  }

  /**
   * A connection that gets the overview in a language, the first within a second; {@code null} when
   * the person, or all together, have as many as they may.
   */
  synchronized @Nullable SseEmitter watch(String user, Locale locale) {
    long own = watchers.stream().filter(watcher -> watcher.user().equals(user)).count();
    if (!running || own >= MOST_OF_A_USER || watchers.size() >= MOST_WATCHERS) {
      return null;
    }
    SseEmitter emitter = new SseEmitter(LONGEST_MS);
    Watcher watcher = new Watcher(emitter, user, locale, new AtomicBoolean());
    emitter.onCompletion(() -> watchers.remove(watcher));
    emitter.onTimeout(() -> end(emitter));
    emitter.onError(e -> watchers.remove(watcher));
    watchers.add(watcher);
    return emitter;
  }

  @Override
  public void start() {
    running = true;
    ticker =
        loops.start(
            RouterLoop.CONSOLE_FEED,
            "",
            loop -> {
              if (loop.rest(EVERY)) {
                tick();
              }
              return Next.again();
            });
  }

  /** Before the web server, which waits for its connections. */
  @Override
  public void stop() {
    running = false;
    watchers.forEach(watcher -> end(watcher.emitter()));
    SupervisedLoop started = ticker;
    if (started != null) {
      started.stop(EVERY);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void tick() {
    if (watchers.isEmpty()) {
      // Its own meters alone, so that who looks next sees the minute before.
      figures.read();
      return;
    }
    LiveFigures.Now now = figures.now();
    Map<Locale, String> pages = new HashMap<>();
    for (Watcher watcher : watchers) {
      String page = pages.computeIfAbsent(watcher.locale(), locale -> render(now, locale));
      if (watcher.busy().compareAndSet(false, true)) {
        Thread.startVirtualThread(() -> send(watcher, page));
      }
    }
  }

  private String render(LiveFigures.Now now, Locale locale) {
    return templates.process(
        "console/overview",
        Set.of("cards"),
        new Context(
            locale,
            Map.of("now", now, "format", new Format(), "sentences", new Sentences(words, locale))));
  }

  private void send(Watcher watcher, String page) {
    try {
      watcher
          .emitter()
          .send(SseEmitter.event().name("cards").reconnectTime(COMES_AGAIN_MS).data(page));
    } catch (IOException e) {
      // The container ends what it could not write to.
      watchers.remove(watcher);
    } catch (IllegalStateException e) {
      watchers.remove(watcher);
      end(watcher.emitter());
    } finally {
      watcher.busy().set(false);
    }
  }

  private static void end(SseEmitter emitter) {
    try {
      emitter.complete();
    } catch (IllegalStateException e) {
      log.debug("The browser left first, and the container has ended its connection", e);
    }
  }
}
