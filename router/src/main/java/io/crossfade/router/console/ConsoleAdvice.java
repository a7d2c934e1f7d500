package io.crossfade.router.console;

import io.crossfade.db.Kind;
import io.crossfade.router.operator.OperatorSettings.Role;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import io.lettuce.core.RedisException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What all pages know, and how they say no. */
@ControllerAdvice(basePackageClasses = ConsoleAdvice.class)
final class ConsoleAdvice {

  private static final Logger log = LoggerFactory.getLogger(ConsoleAdvice.class);

  /** What was refused, for the page that comes next. */
  record Refused(String label, String detail) {}

  @ModelAttribute("format")
  Format format() {
    return new Format();
  }

  @ModelAttribute("kinds")
  List<Kind> kinds() {
    return List.of(Kind.values());
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

  @ExceptionHandler
  ModelAndView refused(
      RefusedException e,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash) {
    return answer(e.refusal(), e.detail(), request, response, locale, flash);
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class, SQLException.class})
  ModelAndView databaseAway(
      Exception e,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash) {
    log.warn("Cannot answer {}: {}", request.getRequestURI(), e.getMessage());
    return answer(
        Refusal.DATABASE_AWAY, "A database does not answer", request, response, locale, flash);
  }

  @ExceptionHandler
  ModelAndView redisAway(
      RedisException e,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash) {
    return answer(Refusal.REDIS_AWAY, "Redis does not answer", request, response, locale, flash);
  }

  @ExceptionHandler
  ModelAndView unreadable(
      MethodArgumentTypeMismatchException e,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash) {
    String detail = "%s cannot be %s".formatted(e.getName(), e.getValue());
    return answer(Refusal.UNREADABLE, detail, request, response, locale, flash);
  }

  /** An action goes back to its page with what was refused; a part or a page says it in place. */
  private ModelAndView answer(
      Refusal refusal,
      String detail,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      RedirectAttributes flash) {
    Refused refused = new Refused(refusal.label(), detail);
    boolean part = request.getHeader("HX-Request") != null;
    if (!part && HttpMethod.POST.matches(request.getMethod())) {
      flash.addFlashAttribute("refused", refused);
      return new ModelAndView("redirect:" + page(request));
    }
    response.setStatus(refusal.status().value());
    return new ModelAndView(
        part ? "console/parts :: refused" : "console/refused",
        Map.of(
            "refused",
            refused,
            "operator",
            operator(request),
            "kinds",
            kinds(),
            "user",
            String.valueOf(user(request)),
            "active",
            active(request),
            "language",
            language(locale)));
  }

  private String page(HttpServletRequest request) {
    return "/console/" + active(request);
  }
}
