package io.crossfade.router.intake;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that devices share. None leaves the endpoints open, as in the field today; two let one be
 * replaced while devices still send the other.
 */
public final class DeviceTokens {

  private static final String HEADER = "X-Device-Token";
  private static final String BEARER = "Bearer ";

  private final List<byte[]> tokens;

  public DeviceTokens(Collection<String> tokens) {
    this.tokens = tokens.stream().map(token -> token.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** Whether a request may upload. Takes as long for a wrong token as for a right one. */
  boolean accept(HttpServletRequest request) {
    if (tokens.isEmpty()) {
      return true;
    }
    byte[] given = Objects.requireNonNullElse(token(request), "").getBytes(StandardCharsets.UTF_8);
    boolean known = false;
    for (byte[] token : tokens) {
      // All are looked at, so that time does not tell which was nearly right.
      known |= MessageDigest.isEqual(token, given);
    }
    return known;
  }

  private static @Nullable String token(HttpServletRequest request) {
    String authorization = request.getHeader("Authorization");
    return authorization != null && authorization.startsWith(BEARER)
        ? authorization.substring(BEARER.length())
        : request.getHeader(HEADER);
  }
}
