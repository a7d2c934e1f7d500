package io.crossfade.reconciler.nightly;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.process.Loops;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.WrittenUntil;
import io.crossfade.reconciler.report.Advice;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import net.javacrumbs.shedlock.core.LockProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The night's work. Applications that run for long import this and {@code ReconcilerConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({NightlySettings.class, RetentionSettings.class})
public class NightlyConfiguration {

  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  @Bean
  NightlyReports nightlyReports(HikariDataSource controlDataSource) {
    return new NightlyReports(controlDataSource);
  }

  @Bean
  NightlyComparison nightlyComparison(
      HikariDataSource controlDataSource,
      Comparison comparison,
      NightlyReports nightlyReports,
      WrittenUntil writtenUntil,
      Advice.Advisor advisor,
      NightlySettings settings,
      InstantSource clock) {
    return new NightlyComparison(
        controlDataSource, comparison, nightlyReports, writtenUntil, advisor, settings, clock);
  }

  @Bean(initMethod = "start")
  Retention retention(
      HikariDataSource controlDataSource,
      Comparisons comparisons,
      RetentionSettings settings,
      LockProvider locks,
      InstantSource clock,
      Loops loops) {
    return new Retention(controlDataSource, comparisons, settings, locks, clock, loops);
  }

  @Bean(initMethod = "start")
  Nightly nightly(
      NightlyComparison nightlyComparison,
      NightlyReports nightlyReports,
      NightlySettings settings,
      LockProvider locks,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops) {
    return new Nightly(
        nightlyComparison,
        nightlyReports,
        new Webhook(settings.webhook()),
        locks,
        clock,
        LOOK_EVERY,
        meters,
        loops);
  }
}
