package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The flags of all kinds at one moment.
 *
 * @param system which they belong to; empty while that is not known
 * @param version counts changes; a change is made against the version it was decided on
 * @param aside rows that cannot be used
 * @param unresolved kinds of which nothing usable is stored at all
 */
public record RolloutState(
    String system,
    long version,
    Map<Kind, KindFlags> kinds,
    List<Aside> aside,
    Set<Kind> unresolved) {

  /** Before anything was ever read: the old path serves. */
  static final RolloutState UNKNOWN = new RolloutState("", -1, Map.of());

  private static final KindFlags ROLLED_TO_SHADOW = KindFlags.SHADOW.withOptIn(false);
  private static final KindFlags ROLLED_TO_LEGACY = KindFlags.LEGACY.withOptIn(false);

  public RolloutState {
    TreeMap<Kind, KindFlags> all = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      all.put(kind, kinds.getOrDefault(kind, KindFlags.UNKNOWN));
    }
    kinds = all;
    aside = List.copyOf(aside);
    unresolved = Set.copyOf(unresolved);
  }

  RolloutState(String system, long version, Map<Kind, KindFlags> kinds) {
    this(system, version, kinds, List.of(), Set.of());
  }

  /** Whether flags were ever read. */
  public boolean known() {
    return version >= 0;
  }

  public KindFlags of(Kind kind) {
    return Objects.requireNonNull(kinds.get(kind));
  }

  /**
   * What a change of a kind's stage begins with. Of a kind of which nothing usable is stored
   * another router may have switched the opt-in off, and a change of stage must not switch it on
   * again.
   */
  public KindFlags changeable(Kind kind) {
    return unresolved.contains(kind) ? of(kind).withOptIn(false) : of(kind);
  }

  /** The same with some kinds as {@code others} has them. */
  RolloutState with(Map<Kind, KindFlags> others) {
    TreeMap<Kind, KindFlags> all = new TreeMap<>(kinds);
    all.putAll(others);
    return new RolloutState(system, version, all, aside, unresolved);
  }

  /**
   * What kinds become by a rollback: those that the stream serves go to shadow, and when it serves
   * none of them, their copies end. The opt-in of all of them is off then. Kinds that are to stay
   * as they are have no entry.
   */
  public Map<Kind, KindFlags> rolledBack(Set<Kind> rolled) {
    Map<Kind, KindFlags> after = new TreeMap<>();
    boolean served = rolled.stream().anyMatch(kind -> !of(kind).cohort().nobody());
    for (Kind kind : rolled) {
      if (!known()) {
        // Whether the stream serves is not known here; copies harm nobody.
        after.put(kind, ROLLED_TO_SHADOW);
      } else if (!served) {
        after.put(kind, ROLLED_TO_LEGACY);
      } else if (!of(kind).cohort().nobody()) {
        after.put(kind, ROLLED_TO_SHADOW);
      } else if (of(kind).optIn()) {
        after.put(kind, of(kind).withOptIn(false));
      }
    }
    return after;
  }

  /**
   * What kinds become by a rollback that says how far, and so can be asked for again: to shadow,
   * the stream serves none of them any longer and copies go on; to legacy, copies end, too. Either
   * way their opt-in is off. Kinds that are there, or behind, have no entry.
   *
   * @param to {@link Stage#SHADOW} or {@link Stage#LEGACY}
   */
  public Map<Kind, KindFlags> rolledBack(Set<Kind> rolled, Stage to) {
    Map<Kind, KindFlags> after = new TreeMap<>();
    for (Kind kind : rolled) {
      KindFlags now = of(kind);
      boolean there = to == Stage.LEGACY ? now.stage() == to : now.cohort().nobody();
      if (!known() || !there) {
        after.put(kind, to == Stage.LEGACY ? ROLLED_TO_LEGACY : ROLLED_TO_SHADOW);
      } else if (now.optIn()) {
        after.put(kind, now.withOptIn(false));
      }
    }
    return after;
  }

  /** The same with what is stored of no kind as it was before. */
  RolloutState completedBy(RolloutState before) {
    TreeMap<Kind, KindFlags> known = new TreeMap<>();
    unresolved.forEach(kind -> known.put(kind, before.of(kind)));
    return with(known);
  }
}
