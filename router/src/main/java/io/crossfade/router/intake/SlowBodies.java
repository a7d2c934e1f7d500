package io.crossfade.router.intake;

import io.crossfade.db.budget.BudgetSettings;
import io.crossfade.db.process.LoopStep;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The bodies that are still coming. One that comes slower than it must is ended; when another needs
 * room, at once.
 */
public final class SlowBodies implements SmartLifecycle {

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /**
   * Those that are found slow in one look are ended in so many slices, over {@link #LOOK_EVERY}.
   */
  private static final int SLICES = 20;

  /** Few enough that no device waits for them. */
  private static final int LEAST_SLICE = 8;

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  /** Younger ones may be well-behaved, and their next packet on its way. */
  private static final Duration YOUNG = Duration.ofMillis(250);

  /** So many give way at once, so that not each that comes looks at all. */
  private static final int GIVE_WAY_AT_ONCE = 64;

  private final Set<ArrivingBody> coming = ConcurrentHashMap.newKeySet();
  private final BudgetSettings settings;
  private final Loops loops;
  private final List<ClientProtocol> connections = new CopyOnWriteArrayList<>();
  private final ArrayDeque<Runnable> slow = new ArrayDeque<>();
  private int slice;
  private @Nullable SupervisedLoop loop;
  private volatile boolean open = true;

  public SlowBodies(BudgetSettings settings, Loops loops) {
    this.settings = settings;
    this.loops = loops;
  }

  /** Looks at the connections of a server, too. */
  public void watch(ClientProtocol protocol) {
    connections.add(protocol);
  }

  /** How many bodies are coming. */
  public int size() {
    return coming.size();
  }

  void add(ArrivingBody body) {
    coming.add(body);
  }

  void remove(ArrivingBody body) {
    coming.remove(body);
  }

  /** Whether bodies are waited for: not while the router stops. */
  boolean open() {
    return open;
  }

  /** Ends some that come slower than they must, however little they are behind. */
  void makeRoom() {
    long now = System.nanoTime();
    coming.stream()
        .filter(body -> body.age(now) > YOUNG.toNanos() && behind(body, now, Duration.ZERO))
        .limit(GIVE_WAY_AT_ONCE)
        .toList()
        .forEach(body -> body.turnAway(TurnedAway.GAVE_WAY));
  }

  /**
   * Ends those that are slow, some at a time: a crowd that came at once is slow at once, and
   * whoever uploads beside it would wait until the last of them has its answer.
   */
  private LoopStep.Next step() {
    if (slow.isEmpty()) {
      look(System.nanoTime());
      slice = Math.max(LEAST_SLICE, slow.size() / SLICES);
    }
    for (int i = 0; i < slice && !slow.isEmpty(); i++) {
      slow.remove().run();
    }
    return LoopStep.Next.after(slow.isEmpty() ? LOOK_EVERY : LOOK_EVERY.dividedBy(SLICES));
  }

  private void look(long now) {
    for (ArrivingBody body : coming) {
      if (isSlow(body, now)) {
        slow.add(
            () -> {
              if (isSlow(body, now)) {
                body.turnAway(TurnedAway.SLOW);
              }
            });
      }
    }
    connections.forEach(protocol -> protocol.slow(settings, now, slow));
  }

  private boolean isSlow(ArrivingBody body, long now) {
    return body.age(now) > settings.bodyDeadline().toNanos()
        || behind(body, now, settings.bodyPatience());
  }

  private boolean behind(ArrivingBody body, long now, Duration patience) {
    return isBehind(body.came(), body.age(now), patience, settings.bodyRate().toBytes());
  }

  /**
   * Whether less has come than must have.
   *
   * @param age ns
   * @param patience for which nothing must come
   * @param rate bytes that must come in each second after that
   */
  static boolean isBehind(long came, long age, Duration patience, long rate) {
    double due = (age - patience.toNanos()) / (double) Duration.ofSeconds(1).toNanos() * rate;
    return due > came;
  }

  @Override
  public void start() {
    loop = loops.start(RouterLoop.SLOW_BODIES, "", self -> step());
  }

  /** Before the server waits for its requests: none of these would be waited for long. */
  @Override
  public void stop() {
    open = false;
    List.copyOf(coming).forEach(body -> body.turnAway(TurnedAway.GAVE_WAY));
    if (loop != null) {
      loop.stop(STOP_PATIENCE);
      loop = null;
    }
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }
}
