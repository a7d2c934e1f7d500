package io.crossfade.stream;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.process.LoopStep;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Everything behind the append: consumers of every kind, trimming, and what is measured of the
 * streams.
 */
final class StreamPipeline implements SmartLifecycle {

  /** Starts before the web server and stops after it. */
  static final int PHASE = 0;

  private static final Logger log = LoggerFactory.getLogger(StreamPipeline.class);
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(5);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final StreamSettings settings;
  private final RedisLinks links;
  private final StreamHealth health;
  private final StreamUpkeep upkeep;
  private final List<ConsumerFleet> fleets = new ArrayList<>();
  private final Loops loops;
  private @Nullable SupervisedLoop keeping;
  private volatile boolean running;

  StreamPipeline(
      StreamSettings settings,
      RedisLinks links,
      StreamLook look,
      StreamGroups groups,
      StreamLayouts layouts,
      StreamHealth health,
      Output output,
      DeadLetters deadLetters,
      InstantSource clock,
      Loops loops,
      MeterRegistry meters,
      ByteBudget budget,
      InstanceName instance) {
    this.settings = settings;
    this.loops = loops;
    this.links = links;
    this.health = health;
    this.upkeep =
        new StreamUpkeep(
            look,
            groups,
            health,
            new StreamTrimmer(look, groups, settings, clock, meters),
            settings,
            meters);
    BatchHandler handler =
        new BatchHandler(links, groups, output, deadLetters, settings, clock, meters);
    for (Kind kind : Kind.values()) {
      fleets.add(
          new ConsumerFleet(
              kind, instance, links, groups, layouts, health, handler, settings, loops, meters,
              budget));
    }
  }

  @Override
  public void start() {
    running = true;
    keeping = loops.start(StreamLoop.UPKEEP, "", loop -> keepUp());
    if (settings.consume()) {
      fleets.forEach(ConsumerFleet::start);
    }
  }

  /** Lets the consumers finish what they have read; everything else stays in Redis. */
  @Override
  public void stop() {
    if (keeping != null) {
      keeping.beginStop();
    }
    if (settings.consume()) {
      // One time for all of them: each could wait for the same database that hangs.
      long end = System.nanoTime() + STOP_PATIENCE.toNanos();
      fleets.forEach(ConsumerFleet::beginStop);
      fleets.forEach(fleet -> fleet.stopConsumers(end));
      fleets.forEach(fleet -> fleet.awaitStop(end));
    }
    report();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  private void report() {
    try {
      health
          .stats()
          .forEach(
              stats ->
                  log.info(
                      "{} keeps {} pending and {} unread entries for the next start",
                      stats.stream(),
                      stats.pending(),
                      stats.lag()));
    } catch (RedisException e) {
      log.warn("Cannot say what the streams still hold: {}", e.getMessage());
    }
  }

  private LoopStep.Next keepUp() {
    try {
      links.leaveReplica();
      upkeep.round();
    } catch (RedisException e) {
      links.leave(e);
      throw e;
    }
    return LoopStep.Next.after(MEASURE_EVERY);
  }
}
