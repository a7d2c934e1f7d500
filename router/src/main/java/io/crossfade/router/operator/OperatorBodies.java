package io.crossfade.router.operator;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.Stage;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a body of the console or the API in while there is room for it. Whoever reads it takes at
 * once what its head announces, Tomcat for a form before anybody has logged in: some hundred heads
 * without a body would be the end of the process.
 */
final class OperatorBodies extends OncePerRequestFilter {

  /** Bytes of a login with all that it says. */
  static final int MOST_BEFORE_LOGIN = 8 * 1024;

  /** Bytes of a form, such as lists of devices, or rows to repair. */
  static final int MOST_OF_A_FORM = 256 * 1024;

  /** Bytes of JSON: as many rows as are repaired at once. */
  static final int MOST_OF_THE_API = 2 * 1024 * 1024;

  /** What waiting for it takes, bytes. */
  private static final int FRAME = 16 * 1024;

  /** Bytes, characters, and what is made of them. */
  private static final int FORMS = 4;

  /** Of the room, for those who have not logged in: they must not keep the others out. */
  private static final double SHARE_BEFORE_LOGIN = 0.5;

  private static final String RETRY_AFTER = "5";

  private final ByteBudget budget;
  private final int most;

  /**
   * @param most bytes of a body of somebody who has logged in
   */
  OperatorBodies(ByteBudget budget, int most) {
    this.budget = budget;
    this.most = most;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long length = request.getContentLengthLong();
    if (length < 0 && request.getHeader("Transfer-Encoding") != null) {
      OperatorProblems.write(
          response, Refusal.LENGTH_MISSING, "Say how long the body is: Content-Length");
    } else if (length <= 0) {
      chain.doFilter(request, response);
    } else {
      letIn(length, request, response, chain);
    }
  }

  private void letIn(
      long length, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean in = isIn();
    double room = budget.most(Stage.OPERATORS) * (in ? 1 : SHARE_BEFORE_LOGIN);
    long limit = Math.min(in ? most : MOST_BEFORE_LOGIN, (long) ((room - FRAME) / FORMS));
    if (length > limit) {
      OperatorProblems.write(
          response, Refusal.BODY_TOO_LARGE, "A body here has at most %d bytes".formatted(limit));
      return;
    }
    try (Lease lease = budget.lease(Stage.OPERATORS)) {
      // Of its own part alone: a rollback must get through while uploads fill theirs.
      lease.takeAnyway(FRAME + FORMS * length);
      if (budget.used(Stage.OPERATORS) > room) {
        budget.refuse(Stage.OPERATORS);
        response.setHeader("Retry-After", RETRY_AFTER);
        OperatorProblems.write(
            response, Refusal.NO_ROOM, "Too many bodies are being read; try again");
        return;
      }
      chain.doFilter(request, response);
    }
  }

  private static boolean isIn() {
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    return who != null && who.isAuthenticated();
  }
}
