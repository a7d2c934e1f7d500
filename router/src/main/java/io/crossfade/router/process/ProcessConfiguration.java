package io.crossfade.router.process;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.process.Loops;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** How the loops stand, in health, and errors in requests that end the process. */
@Configuration(proxyBeanMethods = false)
public class ProcessConfiguration {

  @Bean
  LoopHealth loopHealthIndicator(Loops loops) {
    return new LoopHealth(loops);
  }

  @Bean
  BudgetHealth budgetHealthIndicator(ByteBudget budget) {
    return new BudgetHealth(budget);
  }

  @Bean
  FatalErrorsInRequests fatalErrorsInRequests() {
    return new FatalErrorsInRequests();
  }

  @Bean
  FilterRegistrationBean<FatalErrorsInRequests> fatalErrorsFilter(FatalErrorsInRequests errors) {
    FilterRegistrationBean<FatalErrorsInRequests> filter = new FilterRegistrationBean<>(errors);
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return filter;
  }
}
