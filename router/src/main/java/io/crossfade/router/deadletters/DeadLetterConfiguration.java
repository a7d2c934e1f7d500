package io.crossfade.router.deadletters;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.LetterQuota;
import io.crossfade.router.intake.UploadReader;
import io.crossfade.router.routing.UploadRouter;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The desk for dead letters. */
@Configuration(proxyBeanMethods = false)
@Import(DeadLetterController.class)
public class DeadLetterConfiguration {

  @Bean
  DeadLetterDesk deadLetterDesk(HikariDataSource controlDataSource) {
    return new DeadLetterDesk(controlDataSource);
  }

  @Bean
  LetterHealth letterHealthIndicator(LetterQuota quota, InstantSource clock) {
    return new LetterHealth(quota, clock);
  }

  @Bean
  Redrive redrive(
      DeadLetterDesk desk,
      UploadReader reader,
      UploadRouter router,
      HikariDataSource legacyDataSource,
      HikariDataSource streamDataSource) {
    return new Redrive(desk, reader, router, legacyDataSource, streamDataSource);
  }
}
