package io.crossfade.reconciler;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.InstanceName;
import io.crossfade.reconciler.explain.ExplanationRules;
import io.crossfade.reconciler.repair.Repair;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.support.KeepAliveLockProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** What a reconciler is made of. Applications import this and {@code DbConfiguration}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ComparisonSettings.class)
public class ReconcilerConfiguration {

  @Bean
  Comparisons comparisons(HikariDataSource controlDataSource, InstantSource clock) {
    return new Comparisons(controlDataSource, clock);
  }

  @Bean
  OpenFindings openFindings(Comparisons comparisons, InstantSource clock) {
    return new OpenFindings(comparisons, clock);
  }

  @Bean
  WrittenUntil writtenUntil(HikariDataSource controlDataSource, ComparisonSettings settings) {
    return WrittenUntil.reported(controlDataSource, settings.settle());
  }

  @Bean
  Comparison comparison(
      HikariDataSource controlDataSource,
      HikariDataSource legacyDataSource,
      HikariDataSource streamDataSource,
      WrittenUntil writtenUntil,
      ComparisonSettings settings,
      InstantSource clock,
      InstanceName instance) {
    return new Comparison(
        controlDataSource,
        legacyDataSource,
        streamDataSource,
        writtenUntil,
        new LoadThrottle(controlDataSource, settings.busyThreads()),
        settings,
        clock,
        instance);
  }

  @Bean
  RollingComparison rollingComparison(
      HikariDataSource controlDataSource,
      Comparison comparison,
      Comparisons comparisons,
      WrittenUntil writtenUntil) {
    return new RollingComparison(controlDataSource, comparison, comparisons, writtenUntil);
  }

  @Bean
  DifferenceFigures differenceFigures(HikariDataSource controlDataSource) {
    return new DifferenceFigures(controlDataSource);
  }

  @Bean
  Differences differences(HikariDataSource controlDataSource) {
    return new Differences(controlDataSource);
  }

  @Bean
  DifferenceSearch differenceSearch(
      HikariDataSource legacyDataSource, HikariDataSource streamDataSource) {
    return new DifferenceSearch(legacyDataSource, streamDataSource);
  }

  @Bean
  Repair repair(
      HikariDataSource controlDataSource,
      HikariDataSource legacyDataSource,
      HikariDataSource streamDataSource) {
    return new Repair(controlDataSource, legacyDataSource, streamDataSource);
  }

  @Bean
  ReconcilerPause reconcilerPause(HikariDataSource controlDataSource) {
    return new ReconcilerPause(controlDataSource);
  }

  @Bean
  ExplanationRules explanationRules(HikariDataSource controlDataSource) {
    return new ExplanationRules(controlDataSource);
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService lockKeeper() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("lock-keeper").daemon(true).factory());
  }

  /** Work that one instance does for all, which keeps its lock for as long as it is at work. */
  @Bean
  LockProvider lockProvider(
      HikariDataSource controlDataSource, ScheduledExecutorService lockKeeper) {
    return new KeepAliveLockProvider(
        new JdbcTemplateLockProvider(
            JdbcTemplateLockProvider.Configuration.builder()
                .withTableName("work_lock")
                .withJdbcTemplate(new JdbcTemplate(controlDataSource))
                .withTransactionManager(new JdbcTransactionManager(controlDataSource))
                .usingDbTime()
                .build()),
        lockKeeper);
  }
}
