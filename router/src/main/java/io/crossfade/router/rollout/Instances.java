package io.crossfade.router.rollout;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.control.RouterInstances;
import io.crossfade.legacy.LegacyPath;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The routers that are up, this one among them. */
public final class Instances {

  /**
   * One router.
   *
   * @param version of the flags that it routes by
   * @param held records in its memory queues
   */
  public record Instance(String instance, long version, long held) {}

  private final RouterInstances all;
  private final InstanceName self;
  private final LegacyPath legacy;
  private final CircuitBreaker breaker;
  private final RouterInstances.Facts facts;
  private final InstantSource clock;

  /**
   * @param self name of this router
   * @param legacy this router's memory queue
   * @param breaker this router's, before Redis
   * @param facts of this router
   */
  Instances(
      RouterInstances all,
      InstanceName self,
      LegacyPath legacy,
      CircuitBreaker breaker,
      RouterInstances.Facts facts,
      InstantSource clock) {
    this.all = all;
    this.self = self;
    this.legacy = legacy;
    this.breaker = breaker;
    this.facts = facts;
    this.clock = clock;
  }

  String self() {
    return self.text();
  }

  /**
   * Says that this router is up.
   *
   * @param version of the flags that it routes by
   * @param writtenUntil up to when everything accepted is written, as far as this router knows
   */
  void report(long version, Optional<Instant> writtenUntil) {
    Map<Kind, Integer> held = new TreeMap<>();
    double fullest = 0;
    for (Kind kind : Kind.values()) {
      held.put(kind, legacy.held(kind));
      fullest = Math.max(fullest, 100.0 * legacy.held(kind) / legacy.capacity(kind));
    }
    all.report(
        self,
        new RouterInstances.Report(
            facts,
            version,
            held,
            (int) Math.ceil(fullest),
            breaker.getState().name(),
            writtenUntil,
            clock.instant()));
  }

  /** Takes this router off the list. */
  void leave() {
    all.leave(self);
  }

  /** See {@link RouterInstances#known}. */
  List<RouterInstances.Known> known() {
    return all.known();
  }

  /** Those that neither report nor have left. */
  List<RouterInstances.Silent> silent() {
    return all.silent();
  }

  /** See {@link RouterInstances#forget}. */
  RouterInstances.Forgetting forget(String instance, String actor, String reason) {
    return all.forget(instance, actor, reason);
  }

  /** See {@link RouterInstances#forgotten}. */
  List<RouterInstances.Forgotten> forgotten(int limit) {
    return all.forgotten(limit);
  }

  /** All that are up. */
  List<Instance> up() {
    return all.up().stream()
        .map(router -> new Instance(router.instance(), router.version(), router.held()))
        .toList();
  }
}
