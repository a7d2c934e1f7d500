package io.crossfade.router.operator;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** The accounts, by name without regard to case. */
final class Operators implements UserDetailsService {

  private final Map<String, UserDetails> byName;
  private final List<String> hashes;

  Operators(List<UserDetails> users) {
    byName =
        users.stream()
            .collect(Collectors.toUnmodifiableMap(user -> key(user.getUsername()), user -> user));
    hashes = users.stream().map(UserDetails::getPassword).toList();
  }

  @Override
  public UserDetails loadUserByUsername(String name) {
    UserDetails user = find(name);
    if (user == null) {
      throw new UsernameNotFoundException("There is no such user");
    }
    return user;
  }

  /** A copy, since Spring takes the hash out of what it has let in. */
  @Nullable UserDetails find(String name) {
    UserDetails user = byName.get(key(name));
    return user == null ? null : User.withUserDetails(user).build();
  }

  /**
   * What to check instead for a name that nobody has: the hash of somebody, the same for the same
   * name, so that it takes as long as a name that somebody has.
   */
  String decoy(String digest) {
    return hashes.get(Math.floorMod(digest.hashCode(), hashes.size()));
  }

  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
