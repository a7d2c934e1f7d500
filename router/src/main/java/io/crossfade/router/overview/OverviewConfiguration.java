package io.crossfade.router.overview;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.InstanceName;
import io.crossfade.db.control.LetterQuota;
import io.crossfade.db.process.Loops;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.OpenFindings;
import io.crossfade.reconciler.ReconcilerPause;
import io.crossfade.reconciler.nightly.NightlyComparison;
import io.crossfade.reconciler.nightly.NightlyReports;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.gates.GateSettings;
import io.crossfade.router.rollout.Holds;
import io.crossfade.router.rollout.Rollout;
import io.crossfade.stream.StreamHealth;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What stands where, for the console and the API. */
@Configuration(proxyBeanMethods = false)
@Import(OverviewController.class)
public class OverviewConfiguration {

  /** They are read about every half second. */
  private static final Duration OLD_FLAGS = Duration.ofSeconds(5);

  @Bean
  LiveFigures liveFigures(
      RolloutFlags flags,
      Rollout rollout,
      Holds holds,
      LegacyPath legacy,
      StreamHealth streams,
      CircuitBreaker streamBreaker,
      LetterQuota letters,
      OpenFindings findings,
      NightlyReports reports,
      NightlyComparison nights,
      ReconcilerPause pause,
      GateSettings gates,
      HikariDataSource controlDataSource,
      InstanceName instance,
      Loops loops,
      MeterRegistry meters,
      InstantSource clock) {
    return new LiveFigures(
        instance,
        flags,
        rollout,
        legacy,
        streams,
        streamBreaker,
        letters,
        loops,
        new SharedFacts(findings, holds, reports, nights, pause, controlDataSource, instance),
        new AlertPolicy(new AlertPolicy.Limits(OLD_FLAGS, gates.backlogAge(), gates.freshness())),
        meters,
        clock);
  }
}
