package io.crossfade.router.overview;

import io.crossfade.db.Kind;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.RouterInstances;
import io.crossfade.db.process.LoopReport;
import io.crossfade.reconciler.OpenFindings;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.nightly.NightlyReport;
import io.crossfade.router.rollout.Holds;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that decides whether somebody is needed, at one moment.
 *
 * @param router this one's name
 * @param breaker of this router
 * @param redisAnswers whether Redis answered every question
 * @param lettersDropped sources whose letters found no room lately, on this router
 * @param shared what all routers know; {@code null} when the control schema does not answer
 */
record Situation(
    Instant at,
    String router,
    Flags flags,
    CircuitBreaker.State breaker,
    boolean redisAnswers,
    List<LoopReport> loops,
    Set<Source> lettersDropped,
    Map<Kind, OfKind> kinds,
    @Nullable Shared shared) {

  /**
   * The flags of this router.
   *
   * @param age since they were last read
   * @param rollbackWaits whether a rollback waits to be stored
   * @param kept whether a router that is started again without MySQL would know them
   */
  record Flags(Duration age, boolean readable, boolean rollbackWaits, boolean kept) {}

  /**
   * One kind.
   *
   * @param noStage whether its flags are no stage, or one of their rows cannot be used
   * @param fallbackPercent of the records meant for the stream, those the memory queue took in the
   *     last minute, on this router; {@code null} when none was meant for it
   * @param queue the memory queue, on this router
   * @param backlogAge of the oldest entry whose row is not committed; {@code null} when Redis
   *     cannot be asked
   * @param comparedUntil end of the newest compared window or, if later, when the flags last
   *     changed; {@code null} when that is not known
   */
  record OfKind(
      boolean dualWrite,
      boolean noStage,
      @Nullable Double fallbackPercent,
      QueueFill queue,
      @Nullable Duration backlogAge,
      @Nullable Instant comparedUntil) {}

  /**
   * What the control schema says.
   *
   * @param lost records that were found lost in the last 24 hours, of each kind counted up to
   *     {@link AlertPolicy#MOST_COUNTED}
   * @param letters that are open, of each source counted likewise
   * @param others routers that are up beside this one
   * @param night the newest report; {@code null} before the first one
   * @param overdueNight a day that should have a report and has none; {@code null} for none
   * @param pause {@code null} while comparing is not paused
   */
  record Shared(
      Map<Kind, OpenFindings.Found> findings,
      Map<Kind, Integer> lost,
      Map<Source, Integer> letters,
      Map<Kind, Holds.Hold> holds,
      List<RouterInstances.Silent> silent,
      List<RouterInstances.Up> others,
      @Nullable NightlyReport night,
      @Nullable LocalDate overdueNight,
      ReconcilerPause.@Nullable Pause pause) {}
}
