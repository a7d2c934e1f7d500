package io.crossfade.router.history;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.InstanceName;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.RouterHistory;
import io.crossfade.db.process.Loops;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.router.RouterLoop;
import io.crossfade.stream.StreamHealth;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What was, for the console and the API. */
@Configuration(proxyBeanMethods = false)
@Import(HistoryController.class)
public class HistoryConfiguration {

  /** Of classes that no jar has. */
  private static final String UNRELEASED = "unreleased";

  @Bean
  History history(HikariDataSource controlDataSource, AuditLog audit, InstantSource clock) {
    return new History(new RouterHistory(controlDataSource), audit, clock);
  }

  @Bean(initMethod = "start")
  HistoryKeeper historyKeeper(
      HikariDataSource controlDataSource,
      InstanceName instance,
      LegacyPath legacy,
      StreamHealth streams,
      CircuitBreaker streamBreaker,
      MeterRegistry meters,
      InstantSource clock,
      Loops loops) {
    String release = RouterLoop.class.getPackage().getImplementationVersion();
    return new HistoryKeeper(
        new RouterHistory(controlDataSource),
        instance,
        release == null ? UNRELEASED : release,
        new RouterReadings(meters, legacy, streams, clock),
        streamBreaker,
        clock,
        loops);
  }
}
