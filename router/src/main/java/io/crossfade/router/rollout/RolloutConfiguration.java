package io.crossfade.router.rollout;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.DbSettings;
import io.crossfade.db.FlagPoolConfiguration;
import io.crossfade.db.InstanceName;
import io.crossfade.db.control.RouterInstances;
import io.crossfade.db.process.Loops;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.RollingComparison;
import io.crossfade.reconciler.RollingMetrics;
import io.crossfade.reconciler.report.Advice;
import io.crossfade.router.flags.DeviceCohortStrategy;
import io.crossfade.router.flags.FlagFile;
import io.crossfade.router.flags.FlagHealth;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.RolloutFeatures;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.gates.CheckSettings;
import io.crossfade.router.gates.Checks;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GateSettings;
import io.crossfade.router.routing.RollbackWatch;
import io.crossfade.stream.StreamHealth;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import net.javacrumbs.shedlock.core.LockProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.togglz.core.activation.ActivationStrategyProvider;
import org.togglz.core.spi.FeatureProvider;
import org.togglz.core.user.SimpleFeatureUser;
import org.togglz.core.user.UserProvider;

/** Flags, gates, changes, rollback and what happens by itself. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RolloutSettings.class, GateSettings.class, CheckSettings.class})
@Import({
  FlagPoolConfiguration.class,
  RolloutController.class,
  RouterController.class,
  DeviceController.class
})
public class RolloutConfiguration {

  /** Togglz' user is whoever is logged in. */
  @Bean
  UserProvider togglzUsers() {
    return () -> {
      Authentication login = SecurityContextHolder.getContext().getAuthentication();
      return new SimpleFeatureUser(login == null ? "unknown" : login.getName());
    };
  }

  @Bean
  FlagTable flagTable(
      HikariDataSource controlDataSource, InstantSource clock, UserProvider togglzUsers) {
    return new FlagTable(controlDataSource, clock, () -> togglzUsers.getCurrentUser().getName());
  }

  @Bean
  FeatureProvider rolloutFeatures() {
    return new RolloutFeatures();
  }

  @Bean
  DeviceCohortStrategy deviceCohortStrategy() {
    return new DeviceCohortStrategy();
  }

  /**
   * Ours alone: Togglz would offer its own beside it, by date, by address, or as a script, and a
   * flag that has one is no stage that the router knows.
   */
  @Bean
  ActivationStrategyProvider strategiesOnOffer(DeviceCohortStrategy strategy) {
    return () -> List.of(strategy);
  }

  @Bean
  FlagFile flagFile(RolloutSettings settings, DbSettings schemas) {
    return new FlagFile(settings.directory(), schemas.control().address());
  }

  @Bean(initMethod = "start")
  RolloutFlags rolloutFlags(
      HikariDataSource flagDataSource,
      UserProvider togglzUsers,
      FlagFile file,
      RolloutSettings settings,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops) {
    return new RolloutFlags(
        flagTable(flagDataSource, clock, togglzUsers),
        file,
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("rollout-flags-file").daemon(true).factory()),
        settings.initialFlags(),
        clock,
        meters,
        loops);
  }

  @Bean
  FlagHealth flagsHealthIndicator(RolloutFlags flags) {
    return new FlagHealth(flags);
  }

  @Bean
  RollbackWatch rollbackWatch() {
    return new RollbackWatch();
  }

  @Bean
  Instances instances(
      HikariDataSource controlDataSource,
      InstanceName instance,
      LegacyPath legacy,
      CircuitBreaker streamBreaker,
      InstantSource clock,
      @Value("${crossfade.router.accept:true}") boolean accepts) {
    RouterInstances.Facts facts =
        new RouterInstances.Facts(
            RolloutConfiguration.class.getPackage().getImplementationVersion(),
            clock.instant(),
            accepts);
    return new Instances(
        new RouterInstances(controlDataSource), instance, legacy, streamBreaker, facts, clock);
  }

  @Bean
  RolloutEvidence rolloutEvidence(
      FlagTable table,
      Comparisons comparisons,
      Instances instances,
      StreamHealth streams,
      MeterRegistry meters,
      InstantSource clock,
      Checks checks) {
    return new RolloutEvidence(table, comparisons, instances, streams, meters, clock, checks);
  }

  @Bean(initMethod = "start")
  Checks checks(CheckSettings settings, InstantSource clock, MeterRegistry meters, Loops loops) {
    return new Checks(settings, clock, meters, loops);
  }

  @Bean
  GatePolicy gatePolicy(GateSettings settings) {
    return new GatePolicy(settings);
  }

  @Bean
  Rollout rollout(
      FlagTable table,
      RolloutFlags flags,
      RolloutEvidence evidence,
      GatePolicy gates,
      RolloutSettings settings,
      HikariDataSource legacyDataSource) {
    return new Rollout(
        table,
        flags,
        evidence,
        gates,
        new KnownDevices(legacyDataSource),
        new NextStepPolicy(gates, settings.plan()));
  }

  @Bean
  Advice.Advisor rolloutAdvisor(RolloutFlags flags, Rollout rollout) {
    return new RolloutAdvisor(flags, rollout);
  }

  @Bean(initMethod = "takeOver")
  Rollback rollback(
      RolloutFlags flags,
      FlagTable table,
      Instances instances,
      RollbackWatch watch,
      StreamHealth streams,
      HikariDataSource controlDataSource,
      InstantSource clock) {
    return new Rollback(
        flags, table, instances, watch, streams, new RollbackReceipts(controlDataSource), clock);
  }

  @Bean
  Holds holds(HikariDataSource controlDataSource, InstantSource clock) {
    return new Holds(controlDataSource, clock);
  }

  @Bean
  Autopilot autopilot(
      FlagTable table,
      Rollout rollout,
      RolloutFlags flags,
      RolloutEvidence evidence,
      GatePolicy gates,
      Holds holds,
      RolloutSettings settings,
      MeterRegistry meters) {
    return new Autopilot(table, rollout, flags, evidence, gates, holds, settings, meters);
  }

  @Bean(initMethod = "start")
  RolloutUpkeep rolloutUpkeep(
      RolloutFlags flags,
      Instances instances,
      Rollback rollback,
      RollingComparison comparison,
      MeterRegistry meters,
      Autopilot autopilot,
      LegacyPath legacy,
      StreamHealth streams,
      LockProvider locks,
      RolloutSettings settings,
      InstantSource clock,
      Loops loops) {
    return new RolloutUpkeep(
        flags,
        instances,
        rollback,
        comparison,
        new RollingMetrics(meters, clock),
        autopilot,
        legacy,
        streams,
        locks,
        settings,
        clock,
        loops);
  }
}
