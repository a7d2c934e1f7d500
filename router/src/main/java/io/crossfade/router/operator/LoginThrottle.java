package io.crossfade.router.operator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.AuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets an address that guesses passwords wait: bcrypt is slow for us, too. */
final class LoginThrottle extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger(LoginThrottle.class);
  private static final int ADDRESSES = 10_000;

  private record Failures(int count, Instant until) {}

  private final int most;
  private final Duration wait;
  private final InstantSource clock;

  /** The oldest address goes when there are too many. */
  private final Map<String, Failures> byAddress =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ADDRESSES;
        }
      };

  /**
   * @param most failures in a row that an address may have
   * @param wait how long it is refused then, counted from the last failure
   */
  LoginThrottle(int most, Duration wait, InstantSource clock) {
    this.most = most;
    this.wait = wait;
    this.clock = clock;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean login =
        request.getHeader("Authorization") != null
            || ("POST".equals(request.getMethod())
                && request.getRequestURI().equals(OperatorConfiguration.LOGIN));
    if (login && refused(request.getRemoteAddr())) {
      response.setHeader("Retry-After", String.valueOf(wait.toSeconds()));
      response.sendError(429);
      return;
    }
    chain.doFilter(request, response);
  }

  @EventListener
  void failed(AbstractAuthenticationFailureEvent event) {
    String address = address(event.getAuthentication());
    Instant until = clock.instant().plus(wait);
    synchronized (byAddress) {
      Failures now =
          byAddress.merge(
              address, new Failures(1, until), (old, one) -> new Failures(old.count() + 1, until));
      if (now.count() == most) {
        log.warn("{} has failed to log in {} times and waits for {}", address, most, wait);
      }
    }
  }

  @EventListener
  void succeeded(AuthenticationSuccessEvent event) {
    synchronized (byAddress) {
      byAddress.remove(address(event.getAuthentication()));
    }
  }

  private boolean refused(String address) {
    synchronized (byAddress) {
      Failures failures = byAddress.get(address);
      if (failures == null || failures.count() < most) {
        return false;
      }
      if (clock.instant().isBefore(failures.until())) {
        return true;
      }
      byAddress.remove(address);
      return false;
    }
  }

  private static String address(Authentication login) {
    return login.getDetails() instanceof WebAuthenticationDetails details
        ? String.valueOf(details.getRemoteAddress())
        : "unknown";
  }
}
