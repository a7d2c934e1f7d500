package io.crossfade.router.operator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what another site makes a browser ask, also where the browser adds a login by itself, as
 * it does with Basic. What is no browser sends neither header and passes.
 */
final class ForeignRequests extends OncePerRequestFilter {

  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final Set<String> OWN = Set.of("same-origin", "none");

  private final boolean readingToo;

  /**
   * @param readingToo whether pages elsewhere may not even lead here
   */
  ForeignRequests(boolean readingToo) {
    this.readingToo = readingToo;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if ((readingToo || !READING.contains(request.getMethod())) && isForeign(request)) {
      OperatorProblems.write(
          response, Refusal.FOREIGN_ORIGIN, "Another site asked for this; its own pages may");
      return;
    }
    chain.doFilter(request, response);
  }

  /** A page cannot write {@code Sec-Fetch-Site}; browsers before 2023 send only the origin. */
  private static boolean isForeign(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return !OWN.contains(site);
    }
    String origin = request.getHeader("Origin");
    return origin != null && !isHere(origin, request);
  }

  private static boolean isHere(String origin, HttpServletRequest request) {
    URI uri;
    try {
      uri = URI.create(origin);
    } catch (IllegalArgumentException e) {
      return false;
    }
    String host = host(request);
    return host != null
        && uri.getHost() != null
        && uri.getHost().equalsIgnoreCase(host)
        && port(uri) == port(request, uri);
  }

  private static @Nullable String host(HttpServletRequest request) {
    String host = request.getServerName();
    // Java writes an address of IPv6 with brackets in one place and without in the other.
    return host != null && host.indexOf(':') >= 0 && !host.startsWith("[")
        ? "[" + host + "]"
        : host;
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
  }

  /**
   * A proxy that speaks TLS passes the host on without a port, which is that of the origin then.
   */
  private static int port(HttpServletRequest request, URI origin) {
    String host = request.getHeader("Host");
    boolean named = host != null && host.matches(".*:\\d+");
    return named ? request.getServerPort() : port(URI.create(origin.getScheme() + "://host"));
  }
}
