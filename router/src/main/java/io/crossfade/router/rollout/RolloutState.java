package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The flags of all kinds at one moment.
 *
 * @param system which they belong to; empty while that is not known
 * @param version counts changes; a change is made against the version it was decided on
 */
public record RolloutState(String system, long version, Map<Kind, KindFlags> kinds) {

  /** Before anything was ever read: the old path serves. */
  static final RolloutState UNKNOWN = new RolloutState("", -1, Map.of());

  public RolloutState {
    EnumMap<Kind, KindFlags> all = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      all.put(kind, kinds.getOrDefault(kind, KindFlags.LEGACY));
    }
    kinds = all;
  }

  /** Whether flags were ever read. */
  boolean known() {
    return version >= 0;
  }

  public KindFlags of(Kind kind) {
    return Objects.requireNonNull(kinds.get(kind));
  }

  /** The same with some kinds as {@code others} has them. */
  RolloutState with(Map<Kind, KindFlags> others) {
    EnumMap<Kind, KindFlags> all = new EnumMap<>(kinds);
    all.putAll(others);
    return new RolloutState(system, version, all);
  }
}
