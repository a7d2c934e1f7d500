package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.crossfade.db.Kind;
import io.crossfade.db.process.Loops;
import io.crossfade.router.flags.FlagTable.Note;
import io.crossfade.router.flags.FlagTable.StaleVersionException;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Several routers, one database that is away, slow, read-only or silent after a commit, operators,
 * Togglz' console, the autopilot, restarts, full disks and damaged rows, in every order that a seed
 * gives. What was switched stays switched until a recorded change, and an opt-in that a rollback
 * switched off stays off until a recorded change of its own. A failed seed is replayed with {@code
 * -Dcrossfade.model.seed=}; {@code -Dcrossfade.model.seeds=} says how many are tried.
 */
class FlagModelTest {

  private static final int STEPS = 120;
  private static final int ROUTERS = 3;

  /** Half of what decisions may differ in and count as made together. */
  private static final long MOST_SKEW_MS = FlagTable.TOGETHER.toMillis() / 2;

  @BeforeAll
  static void manyOutagesNeedNoLog() {
    ((Logger) LoggerFactory.getLogger(RolloutFlags.class)).setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    ((Logger) LoggerFactory.getLogger(RolloutFlags.class)).setLevel(null);
  }

  @Test
  void whatWasSwitchedStaysSwitchedUntilARecordedChange() {
    long first = Long.getLong("crossfade.model.seed", 1);
    long seeds = Long.getLong("crossfade.model.seeds", 200);
    for (long seed = first; seed < first + seeds; seed++) {
      World world = new World(seed);
      try {
        world.run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "Replay with -Dcrossfade.model.seed=%d -Dcrossfade.model.seeds=1%n%s"
                .formatted(seed, String.join(System.lineSeparator(), world.log)),
            e);
      }
    }
  }

  /** A person's, and nothing else is changed by it. */
  private static boolean isOwnChange(RolloutChange change) {
    return change.origin() == Origin.INITIAL
        || ((change.origin() == Origin.OPERATOR || change.origin() == Origin.TOGGLZ)
            && change.before().cohort().equals(change.after().cohort())
            && change.before().dualWrite() == change.after().dualWrite());
  }

  /** A rollback that a router has answered. */
  private record Answered(PendingChange change, boolean onDisk) {}

  private static final class Router implements SimulatedFlagStore.Link {

    private final World world;
    private final String name;
    private final Duration skew;
    private final SimulatedFlagMemory memory = new SimulatedFlagMemory();
    private final SimulatedFlagStore store;
    private final List<Answered> answered = new ArrayList<>();
    private boolean away;
    private boolean readOnly;
    private boolean slow;
    private boolean losesAnswers;
    private boolean starting;
    private int calls;
    private long seen;
    private RolloutFlags flags;

    Router(World world, int number) {
      this.world = world;
      this.name = "router " + number;
      this.skew = Duration.ofMillis(world.random.nextLong(-MOST_SKEW_MS, MOST_SKEW_MS + 1) / 2);
      this.store = new SimulatedFlagStore(world.database, this::now, this);
      this.flags = start();
    }

    Instant now() {
      return world.now.plus(skew);
    }

    boolean remembers() {
      return flags.source() != RolloutFlags.Source.NOTHING && flags.keepable() && !memory.full;
    }

    RolloutFlags start() {
      return new RolloutFlags(
          store,
          memory,
          Runnable::run,
          KindFlags.SHADOW,
          this::now,
          new SimpleMeterRegistry(),
          new Loops());
    }

    @Override
    public <T> T call(boolean writes, Supplier<T> transaction) {
      calls++;
      try {
        if (away || (readOnly && writes)) {
          throw new DataAccessResourceFailureException("away");
        }
        world.meanwhile(slow);
        T answer = transaction.get();
        world.meanwhile(slow);
        if (losesAnswers && world.random.nextInt(3) == 0) {
          throw new DataAccessResourceFailureException("answer lost");
        }
        return answer;
      } finally {
        calls--;
      }
    }
  }

  private static final class World {

    private final Random random;
    private final SimulatedFlagStore.Database database = new SimulatedFlagStore.Database();
    private final List<Router> routers = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-26T08:00:00Z");
    private int depth;
    private int decisions;

    World(long seed) {
      random = new Random(seed);
    }

    void run() {
      for (int i = 0; i < ROUTERS; i++) {
        routers.add(new Router(this, i));
      }
      for (int i = 0; i < STEPS; i++) {
        step();
      }
      quiesce();
    }

    void meanwhile(boolean slow) {
      if (slow && depth < 3 && routers.size() == ROUTERS && random.nextInt(3) == 0) {
        depth++;
        step();
        depth--;
      }
    }

    private void step() {
      now = now.plusMillis(random.nextInt(4) == 0 ? random.nextInt(6_000) : random.nextInt(50));
      Router router = routers.get(random.nextInt(ROUTERS));
      try {
        if (!router.starting) {
          act(router);
        }
      } catch (StaleVersionException | DataAccessException e) {
        log.add("  " + router.name + " is told: " + e.getMessage());
      }
      check();
    }

    private void act(Router router) {
      int dice = random.nextInt(100);
      if (dice < 35) {
        log.add(router.name + " refreshes");
        router.flags.refresh();
      } else if (dice < 50) {
        rollBack(router);
      } else if (dice < 60) {
        operatorChanges(router);
      } else if (dice < 64) {
        log.add(router.name + "'s autopilot changes");
        RolloutState state = router.flags.readNow();
        Kind kind = kind();
        // On with the opt-in as it is, or back, which switches it off.
        KindFlags wanted = stageOf(state.changeable(kind));
        router.flags.stored(
            router.store.change(
                state.version(),
                Map.of(kind, random.nextBoolean() ? wanted : wanted.withOptIn(false)),
                by(Origin.AUTOPILOT)));
      } else if (dice < 67) {
        Kind kind = kind();
        boolean ofOptIn = random.nextBoolean();
        log.add("Togglz on %s changes %s, its opt-in: %s".formatted(router.name, kind, ofOptIn));
        router.store.changeThroughTogglz(kind, now -> ofOptIn ? optInOf(now) : stageOf(now));
      } else if (dice < 82) {
        router.away = random.nextBoolean();
        router.readOnly = random.nextInt(6) == 0;
        router.slow = random.nextBoolean();
        router.losesAnswers = random.nextInt(3) == 0;
        log.add(
            "%s: away %s, read-only %s, slow %s, loses answers %s"
                .formatted(
                    router.name, router.away, router.readOnly, router.slow, router.losesAnswers));
      } else if (dice < 90) {
        startAgain(router);
      } else if (dice < 95) {
        router.memory.full = database.resolved() && random.nextInt(3) == 0;
        log.add(router.name + "'s disk is full: " + router.memory.full);
      } else if (random.nextBoolean()) {
        Kind kind = kind();
        // What neither the database nor a disk has is gone.
        boolean recordToo = random.nextBoolean() && routers.stream().allMatch(Router::remembers);
        log.add("rows of %s are damaged, the newest record too: %s".formatted(kind, recordToo));
        database.damage(kind, recordToo);
      } else {
        log.add("rows are whole again");
        database.heal();
      }
    }

    private void rollBack(Router router) {
      Set<Kind> kinds = random.nextBoolean() ? Kind.all() : Set.of(kind());
      RolloutState before = router.flags.state();
      Map<Kind, KindFlags> after =
          switch (random.nextInt(4)) {
            case 0 -> before.rolledBack(kinds, Stage.SHADOW);
            case 1 -> before.rolledBack(kinds, Stage.LEGACY);
            default -> before.rolledBack(kinds);
          };
      if (!after.isEmpty()) {
        PendingChange change =
            new PendingChange("d" + decisions++, router.now(), after, by(Origin.ROLLBACK));
        boolean onDisk = router.flags.override(change);
        log.add("%s rolls back: %s, on disk %s".formatted(router.name, change, onDisk));
        router.answered.add(new Answered(change, onDisk));
      }
      for (Kind kind : kinds) {
        KindFlags now = router.flags.state().of(kind);
        assertThat(now.cohort().nobody() && !now.optIn())
            .as("no upload of %s has the stream on %s, which is %s", kind, router.name, now)
            .isTrue();
      }
    }

    /** Looks first and decides later, as people do. */
    private void operatorChanges(Router router) {
      if (random.nextBoolean()) {
        router.seen = router.flags.readNow().version();
        log.add("operator of %s sees version %d".formatted(router.name, router.seen));
      } else {
        boolean ofOptIn = random.nextInt(3) == 0;
        Kind kind = kind();
        log.add(
            "operator of %s wants to change %s, its opt-in: %s"
                .formatted(router.name, kind, ofOptIn));
        RolloutState state = router.flags.readNow();
        if (state.version() == router.seen) {
          KindFlags now = ofOptIn ? state.of(kind) : state.changeable(kind);
          router.flags.stored(
              router.store.change(
                  router.seen,
                  Map.of(kind, ofOptIn ? optInOf(now) : stageOf(now)),
                  by(Origin.OPERATOR)));
        }
      }
    }

    private void startAgain(Router router) {
      if (router.calls > 0) {
        return;
      }
      RolloutState before = router.flags.state();
      boolean remembers = router.flags.keepable();
      router.flags.close();
      router.starting = true;
      router.flags = router.start();
      router.starting = false;
      log.add(router.name + " starts again, and knows " + router.flags.state());
      if (remembers && router.away) {
        assertThat(router.flags.state().kinds()).as("as before").isEqualTo(before.kinds());
      }
      // What was not on disk, as its answer said, is forgotten until the database can be read.
      boolean reads = router.flags.source() == RolloutFlags.Source.DATABASE;
      Set<String> waiting =
          router.flags.waiting().stream().map(PendingChange::id).collect(Collectors.toSet());
      router.answered.removeIf(
          each ->
              !each.onDisk()
                  && !waiting.contains(each.change().id())
                  && !(reads && recorded(each.change())));
      assertThat(router.answered)
          .allMatch(each -> recorded(each.change()) || waiting.contains(each.change().id()));
    }

    private void check() {
      for (Router router : routers) {
        if (router.starting) {
          continue;
        }
        for (Kind kind : Kind.values()) {
          KindFlags inForce = null;
          for (Answered each : router.answered) {
            KindFlags to = each.change().flags().get(kind);
            if (to != null && inForce(each.change(), kind)) {
              inForce = to;
            }
          }
          KindFlags effective = router.flags.state().of(kind);
          if (router.answered.stream().anyMatch(each -> keepsOff(each.change(), kind))) {
            assertThat(effective.optIn())
                .as("opt-in of %s of %s, rolled back", kind, router.name)
                .isFalse();
          }
          if (inForce != null) {
            assertThat(effective).as("%s of %s", kind, router.name).isEqualTo(inForce);
          }
          assertThat(explained(router, kind, effective))
              .as("%s of %s is %s", kind, router.name, effective)
              .isTrue();
        }
      }
      for (Kind kind : Kind.values()) {
        List<RolloutChange> of = of(kind);
        if (!of.isEmpty()) {
          assertThat(database.switched().of(kind)).isEqualTo(of.getLast().after());
        }
        assertThat(of.stream().filter(RolloutChange::optsInAgain).toList())
            .as("comes back only by a change of its own")
            .allMatch(FlagModelTest::isOwnChange);
        assertThat(of.stream().map(RolloutChange::decision).filter(d -> d != null))
            .doesNotHaveDuplicates();
      }
    }

    /** Until it is on record, and then until the next record. */
    private boolean inForce(PendingChange change, Kind kind) {
      List<RolloutChange> of = of(kind);
      for (int i = 0; i < of.size(); i++) {
        if (change.id().equals(of.get(i).decision())) {
          return i == of.size() - 1 && of.get(i).after().equals(change.flags().get(kind));
        }
      }
      return true;
    }

    /**
     * Whether a rollback keeps the opt-in off: until somebody who decided clearly after it, or
     * after it was on record, switched it on by itself. Goes through the history change by change,
     * and asks nothing of what is tested.
     */
    private boolean keepsOff(PendingChange change, Kind kind) {
      KindFlags to = change.flags().get(kind);
      if (to == null || to.optIn()) {
        return false;
      }
      boolean recorded = false;
      Instant clearly = change.decidedAt().plus(FlagTable.TOGETHER);
      for (RolloutChange each : of(kind)) {
        if (change.id().equals(each.decision())) {
          recorded = true;
        } else if (each.after().optIn()
            && !each.before().optIn()
            && (recorded || each.decided().isAfter(clearly))) {
          return false;
        }
      }
      return true;
    }

    /** Somebody switched it to that, or nobody has told this router anything. */
    private boolean explained(Router router, Kind kind, KindFlags effective) {
      return !router.flags.state().known() && effective.equals(KindFlags.UNKNOWN)
          || router.flags.state().version() == 0
          || of(kind).stream().anyMatch(change -> change.after().equals(effective))
          || router.answered.stream()
              .anyMatch(each -> effective.equals(each.change().flags().get(kind)));
    }

    private void quiesce() {
      database.heal();
      for (Router router : routers) {
        router.away = false;
        router.readOnly = false;
        router.slow = false;
        router.losesAnswers = false;
        router.memory.full = false;
      }
      for (int i = 0; i < 2; i++) {
        routers.forEach(router -> router.flags.refresh());
        check();
      }
      for (Router router : routers) {
        assertThat(router.flags.overridden()).as(router.name).isFalse();
        assertThat(router.flags.state()).as(router.name).isEqualTo(database.switched());
        for (Answered each : router.answered) {
          assertThat(recorded(each.change())).as("%s is on record", each).isTrue();
        }
      }
    }

    private boolean recorded(PendingChange change) {
      return change.flags().keySet().stream()
          .allMatch(
              kind -> of(kind).stream().anyMatch(each -> change.id().equals(each.decision())));
    }

    private List<RolloutChange> of(Kind kind) {
      return database.changes().stream().filter(change -> change.kind() == kind).toList();
    }

    private Kind kind() {
      return Kind.values()[random.nextInt(Kind.values().length)];
    }

    /** Another percentage, and the opt-in as it is. */
    private KindFlags stageOf(KindFlags now) {
      return new KindFlags(Cohort.of(random.nextInt(1, 10_000)), true, now.optIn());
    }

    private static KindFlags optInOf(KindFlags now) {
      return now.withOptIn(!now.optIn());
    }

    private static Note by(Origin origin) {
      return new Note(origin, "somebody", "a reason", null, false, "{}");
    }
  }
}
