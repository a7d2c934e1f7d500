package io.crossfade.router.operator;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationSuccessHandler;

/**
 * What people hear who are not in yet, and where they go once they are. Nothing of it is kept here:
 * whoever has not logged in has no session, only the name of a page in the address of the form.
 */
final class LoginAnswers {

  /** Where people log in. */
  static final String LOGIN = "/console/login";

  private static final String HOME = "/console";

  /** The only places that the login leads to. */
  private static final Set<String> PAGES =
      Set.of(
          "rollout",
          "streams",
          "differences",
          "dead-letters",
          "device",
          "history",
          "reports",
          "routers",
          "rules",
          "audit");

  private LoginAnswers() {}

  /** Of the API, which asks for Basic. */
  static void ofTheApi(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
      throws IOException {
    if (e instanceof NotNowException notNow) {
      later(response, notNow);
      return;
    }
    response.setHeader("WWW-Authenticate", "Basic realm=\"Crossfade\"");
    OperatorProblems.write(
        response, Refusal.UNAUTHORIZED, "Say who you are: user and password, as Basic");
  }

  /** Of the API, to somebody who may look. */
  static void ofTheApi(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
      throws IOException {
    OperatorProblems.write(
        response,
        Refusal.FORBIDDEN,
        "%s may look; an operator may change".formatted(request.getRemoteUser()));
  }

  /** After a wrong login in the form. */
  static void ofTheForm(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
      throws IOException {
    if (e instanceof NotNowException notNow) {
      later(response, notNow);
      return;
    }
    String page = request.getParameter("to");
    response.sendRedirect(LOGIN + "?error" + (isPage(page) ? "&to=" + page : ""));
  }

  /** To the form, with the page that was asked for. */
  static final class EntryPoint extends LoginUrlAuthenticationEntryPoint {

    EntryPoint() {
      super(LOGIN);
    }

    @Override
    protected String determineUrlToUseForThisRequest(
        HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
      String[] path = request.getRequestURI().split("/", -1);
      return path.length == 3 && "GET".equals(request.getMethod()) && isPage(path[2])
          ? LOGIN + "?to=" + path[2]
          : LOGIN;
    }
  }

  /** From the form to that page. */
  static final class Success extends SimpleUrlAuthenticationSuccessHandler {

    @Override
    protected String determineTargetUrl(HttpServletRequest request, HttpServletResponse response) {
      String page = request.getParameter("to");
      return isPage(page) ? HOME + "/" + page : HOME;
    }
  }

  private static boolean isPage(@Nullable String name) {
    return name != null && PAGES.contains(name);
  }

  private static void later(HttpServletResponse response, NotNowException e) throws IOException {
    response.setHeader("Retry-After", String.valueOf(Math.max(1, e.waiting().toSeconds())));
    OperatorProblems.write(response, e.refusal(), String.valueOf(e.getMessage()));
  }
}
