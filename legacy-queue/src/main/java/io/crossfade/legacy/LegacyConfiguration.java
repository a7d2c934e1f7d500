package io.crossfade.legacy;

import io.crossfade.db.Output;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.process.Loops;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The legacy path, in front of the bean {@code legacyOutput}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LegacySettings.class)
public class LegacyConfiguration {

  @Bean
  LegacyPath legacyPath(
      LegacySettings settings,
      Output legacyOutput,
      DeadLetters deadLetters,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops,
      ByteBudget budget) {
    return new LegacyPath(settings, legacyOutput, deadLetters, clock, meters, loops, budget);
  }
}
