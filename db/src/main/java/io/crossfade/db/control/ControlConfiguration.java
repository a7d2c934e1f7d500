package io.crossfade.db.control;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the control schema holds. Of what applications build themselves there is no bean. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LetterSettings.class)
public class ControlConfiguration {

  @Bean
  LetterQuota letterQuota(
      LetterSettings settings,
      ObjectProvider<InstantSource> clock,
      ObjectProvider<MeterRegistry> meters) {
    return new LetterQuota(
        settings,
        clock.getIfAvailable(InstantSource::system),
        meters.getIfAvailable(SimpleMeterRegistry::new));
  }

  @Bean
  DeadLetters deadLetters(HikariDataSource controlDataSource, LetterQuota quota) {
    return new DeadLetters(controlDataSource, quota);
  }

  @Bean
  DroppedMirrors droppedMirrors(HikariDataSource controlDataSource) {
    return new DroppedMirrors(controlDataSource);
  }

  @Bean
  RefusedRecords refusedRecords(HikariDataSource controlDataSource) {
    return new RefusedRecords(controlDataSource);
  }

  @Bean
  AuditLog auditLog(HikariDataSource controlDataSource) {
    return new AuditLog(controlDataSource);
  }

  @Bean
  SystemIdentity systemIdentity(HikariDataSource controlDataSource) {
    return new SystemIdentity(controlDataSource);
  }

  @Bean
  AcceptanceNodes acceptanceNodes(HikariDataSource controlDataSource) {
    return new AcceptanceNodes(controlDataSource);
  }
}
