package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.operator.OperatorSettings.Role;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** What all pages know, and how they say no. */
@ControllerAdvice(basePackageClasses = ConsoleAdvice.class)
final class ConsoleAdvice {

  private static final Logger log = LoggerFactory.getLogger(ConsoleAdvice.class);

  /** What was refused, for the page that comes next. */
  record Refused(String label, String detail) {

    static Refused of(RefusedException refused) {
      return new Refused(refused.refusal().label(), refused.detail());
    }
  }

  private final RolloutFlags flags;

  ConsoleAdvice(RolloutFlags flags) {
    this.flags = flags;
  }

  @ModelAttribute("format")
  Format format() {
    return new Format();
  }

  @ModelAttribute("kinds")
  List<Kind> kinds() {
    return List.of(Kind.values());
  }

  /** How far the red button goes from what the person sees: asked for twice, it goes no further. */
  @ModelAttribute("rollbackTo")
  String rollbackTo() {
    RolloutState state = flags.state();
    boolean served = Stream.of(Kind.values()).anyMatch(kind -> !state.of(kind).cohort().nobody());
    return (served || !state.known() ? Stage.SHADOW : Stage.LEGACY).label();
  }

  /** Whether the person may change anything. */
  @ModelAttribute("operator")
  boolean operator(HttpServletRequest request) {
    return request.isUserInRole(Role.OPERATOR.name());
  }

  @ModelAttribute("user")
  @Nullable String user(HttpServletRequest request) {
    return request.getRemoteUser();
  }

  /** The page of a request, for example {@code rollout}. */
  @ModelAttribute("active")
  String active(HttpServletRequest request) {
    String[] path = request.getRequestURI().split("/");
    return path.length > 2 ? path[2] : "overview";
  }

  @ModelAttribute("language")
  String language(Locale locale) {
    return "zh".equals(locale.getLanguage()) ? "zh-CN" : "en";
  }

  /** The query of the same page in the other language. */
  @ModelAttribute("translated")
  String translated(HttpServletRequest request, Locale locale) {
    return "?"
        + UriComponentsBuilder.newInstance()
            .query(request.getQueryString())
            .replaceQueryParam("lang", "en".equals(language(locale)) ? "zh-CN" : "en")
            .build()
            .getQuery();
  }

  /** An action goes back to its page with what was refused; a part or a page says it in place. */
  @ExceptionHandler
  ModelAndView refused(
      Exception e,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash)
      throws Exception {
    RefusedException refused = refusal(e, request);
    if (refused == null) {
      throw e;
    }
    Refusal refusal = refused.refusal();
    Refused said = Refused.of(refused);
    boolean part = request.getHeader("HX-Request") != null;
    if (!part && HttpMethod.POST.matches(request.getMethod())) {
      flash.addFlashAttribute("refused", said);
      return new ModelAndView("redirect:/console/" + active(request));
    }
    response.setStatus(refusal.status().value());
    ModelAndView page = new ModelAndView(part ? "console/parts :: refused" : "console/refused");
    page.addObject("refused", said);
    // A handler of exceptions is not given what @ModelAttribute puts into every other page.
    page.addObject("operator", operator(request));
    page.addObject("kinds", kinds());
    page.addObject("rollbackTo", rollbackTo());
    page.addObject("user", user(request));
    page.addObject("active", active(request));
    page.addObject("language", language(locale));
    page.addObject("translated", translated(request, locale));
    return page;
  }

  /** What an exception means to whoever asked; {@code null} for one that nobody expected. */
  static @Nullable RefusedException refusal(Exception e, HttpServletRequest request) {
    RefusedException refused = RefusedException.of(e);
    if (refused != null && refused != e && refused.refusal().status().is5xxServerError()) {
      log.warn("Cannot answer {}: {}", request.getRequestURI(), e.getMessage());
    }
    return refused;
  }
}
