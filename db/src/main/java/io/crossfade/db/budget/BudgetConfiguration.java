package io.crossfade.db.budget;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one budget of a process. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BudgetSettings.class)
public class BudgetConfiguration {

  @Bean
  ByteBudget byteBudget(BudgetSettings settings, ObjectProvider<MeterRegistry> meters) {
    ByteBudget budget = new ByteBudget(settings.bytes());
    meters.ifAvailable(budget::publish);
    return budget;
  }
}
