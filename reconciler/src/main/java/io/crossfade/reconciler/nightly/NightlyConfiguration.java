package io.crossfade.reconciler.nightly;

import com.zaxxer.hikari.HikariDataSource;
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
@EnableConfigurationProperties(NightlySettings.class)
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
  Nightly nightly(
      HikariDataSource controlDataSource,
      NightlyComparison nightlyComparison,
      NightlyReports nightlyReports,
      Comparisons comparisons,
      NightlySettings settings,
      LockProvider locks,
      InstantSource clock,
      MeterRegistry meters) {
    return new Nightly(
        nightlyComparison,
        nightlyReports,
        new Retention(controlDataSource, comparisons, settings.keep(), clock),
        new Webhook(settings.webhook()),
        locks,
        clock,
        LOOK_EVERY,
        meters);
  }
}
