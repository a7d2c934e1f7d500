package io.crossfade.router;

import io.crossfade.db.AcceptanceNodes;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeadLetters;
import io.crossfade.db.Kind;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.router.intake.Stamper;
import io.crossfade.router.intake.UploadReader;
import io.crossfade.router.intake.UploadServlet;
import io.crossfade.router.paths.GuardedStreamPath;
import io.crossfade.router.rollout.RolloutFlags;
import io.crossfade.router.routing.UploadRouter;
import io.crossfade.stream.StreamAppender;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.filter.RequestContextFilter;
import org.togglz.core.manager.FeatureManager;

/** What a router is made of: intake, routing, flags, and the guarded stream path. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RouterSettings.class)
@Import(StreamStatsController.class)
class RouterConfiguration {

  private static final Logger log = LoggerFactory.getLogger(RouterConfiguration.class);

  /** Name of the breaker around the append, in the settings and metrics of Resilience4j. */
  private static final String BREAKER = "stream";

  @Bean
  Stamper stamper(InstantSource clock, AcceptanceNodes nodes) {
    return new Stamper(clock, node(nodes));
  }

  @Bean
  UploadReader uploadReader(RouterSettings settings, Stamper stamper, InstantSource clock) {
    return new UploadReader(settings, stamper, clock);
  }

  @Bean
  RolloutFlags rolloutFlags(FeatureManager features) {
    return new RolloutFlags(features);
  }

  @Bean
  GuardedStreamPath guardedStreamPath(StreamAppender appender, CircuitBreakerRegistry breakers) {
    return new GuardedStreamPath(appender, breakers.circuitBreaker(BREAKER));
  }

  @Bean
  UploadRouter uploadRouter(
      RolloutFlags flags,
      LegacyPath legacy,
      GuardedStreamPath stream,
      RouterSettings settings,
      MeterRegistry meters) {
    return new UploadRouter(flags, legacy, stream, settings.patience(), meters);
  }

  /** MVC sets its own request context; devices need none. */
  @Bean
  FilterRegistrationBean<RequestContextFilter> noRequestContextFilter() {
    var registration = new FilterRegistrationBean<>(new RequestContextFilter());
    registration.setEnabled(false);
    return registration;
  }

  /** The six endpoints of devices. */
  @Bean
  @ConditionalOnProperty(name = "crossfade.router.accept", matchIfMissing = true)
  ServletContextInitializer uploadServlets(
      UploadReader reader,
      UploadRouter router,
      DeadLetters deadLetters,
      RouterSettings settings,
      MeterRegistry meters) {
    return context -> {
      for (Kind kind : Kind.values()) {
        for (boolean v2 : new boolean[] {false, true}) {
          String path = UploadServlet.path(kind, v2);
          int maxBody = (int) settings.maxBody().toBytes();
          var servlet = new UploadServlet(kind, v2, reader, router, deadLetters, meters, maxBody);
          var registration = new ServletRegistrationBean<>(servlet, path);
          registration.setName(path.substring(1));
          registration.onStartup(context);
        }
      }
    };
  }

  private static int node(AcceptanceNodes nodes) {
    try {
      return nodes.take(InetAddress.getLocalHost().getHostName());
    } catch (SQLException | UnknownHostException e) {
      int node = ThreadLocalRandom.current().nextInt(1 << AcceptanceStamp.NODE_BITS);
      log.warn("Cannot take a node number: {}; using {} at random", e.getMessage(), node);
      return node;
    }
  }
}
