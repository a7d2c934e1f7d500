package io.crossfade.router.rollout;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.control.RouterInstances;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

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
  private final ToIntFunction<Kind> held;

  /**
   * @param self name of this router
   * @param held records in this router's memory queue
   */
  public Instances(RouterInstances all, InstanceName self, ToIntFunction<Kind> held) {
    this.all = all;
    this.self = self;
    this.held = held;
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
    Map<Kind, Integer> inMemory = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      inMemory.put(kind, held.applyAsInt(kind));
    }
    all.report(self, version, inMemory, writtenUntil);
  }

  /** Takes this router off the list. */
  void leave() {
    all.leave(self);
  }

  /** All that are up. */
  List<Instance> up() {
    return all.up().stream()
        .map(router -> new Instance(router.instance(), router.version(), router.held()))
        .toList();
  }
}
