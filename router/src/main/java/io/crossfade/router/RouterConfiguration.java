package io.crossfade.router;

import io.crossfade.db.Databases;
import io.crossfade.db.DbSettings;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.PacketLimit;
import io.crossfade.db.budget.BudgetSettings;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.AcceptanceNodes;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.control.SystemIdentity;
import io.crossfade.db.process.Loops;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.accounting.AcceptanceJournal;
import io.crossfade.reconciler.accounting.AccountingSettings;
import io.crossfade.router.console.ConsoleConfiguration;
import io.crossfade.router.deadletters.DeadLetterConfiguration;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.history.HistoryConfiguration;
import io.crossfade.router.intake.ClientConnection;
import io.crossfade.router.intake.ClientProtocol;
import io.crossfade.router.intake.DeviceTokens;
import io.crossfade.router.intake.NodeLease;
import io.crossfade.router.intake.SlowBodies;
import io.crossfade.router.intake.Stamper;
import io.crossfade.router.intake.UploadReader;
import io.crossfade.router.intake.UploadServlet;
import io.crossfade.router.operator.OperatorConfiguration;
import io.crossfade.router.overview.OverviewConfiguration;
import io.crossfade.router.paths.GuardedStreamPath;
import io.crossfade.router.reconciliation.ReconcilerController;
import io.crossfade.router.reconciliation.RepairController;
import io.crossfade.router.reconciliation.ReportController;
import io.crossfade.router.reconciliation.RuleController;
import io.crossfade.router.rollout.RolloutConfiguration;
import io.crossfade.router.routing.MirrorLedger;
import io.crossfade.router.routing.RollbackWatch;
import io.crossfade.router.routing.UploadRouter;
import io.crossfade.stream.StreamAppender;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.filter.RequestContextFilter;

/** What a router is made of: intake, routing, flags, and the guarded stream path. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RouterSettings.class)
@Import({
  StreamStatsController.class,
  ReportController.class,
  ReconcilerController.class,
  RepairController.class,
  RuleController.class,
  DeadLetterConfiguration.class,
  OverviewConfiguration.class,
  HistoryConfiguration.class,
  ConsoleConfiguration.class,
  RolloutConfiguration.class,
  OperatorConfiguration.class
})
class RouterConfiguration {

  private static final Logger log = LoggerFactory.getLogger(RouterConfiguration.class);

  /** Name of the breaker around the append, in the settings and metrics of Resilience4j. */
  private static final String BREAKER = "stream";

  /** Bytes; a health upload with its head is about one thousand. */
  private static final String CONNECTION_BUFFER = "4096";

  /** Bytes, of which each connection within a head has a buffer: nobody sends any. */
  private static final String TRAILERS = "512";

  @Bean
  Stamper stamper(InstantSource clock) {
    return new Stamper(clock);
  }

  /** After the journal, which makes the directory and closes it to others. */
  @Bean
  NodeLease nodeLease(
      AcceptanceNodes nodes,
      SystemIdentity identity,
      Stamper stamper,
      InstanceName instance,
      DbSettings databases,
      ObjectProvider<AcceptanceJournal> journal,
      ObjectProvider<AccountingSettings> accounting,
      InstantSource clock,
      Loops loops) {
    journal.ifAvailable(before -> {});
    AccountingSettings kept = accounting.getIfAvailable();
    NodeLease lease =
        new NodeLease(
            nodes,
            identity,
            instance,
            kept == null ? null : kept.directory(),
            databases.control().address(),
            clock,
            stamper::node);
    // What is accepted before the database is seen is this system's, too.
    lease.system().ifPresent(system -> journal.ifAvailable(noted -> noted.acceptsFor(system)));
    lease.start(loops);
    return lease;
  }

  @Bean
  StartLines startLines(RolloutFlags flags) {
    return new StartLines(flags);
  }

  @Bean
  StartHealth startHealthIndicator(Databases databases, NodeLease node) {
    return new StartHealth(databases, node);
  }

  @Bean
  UploadReader uploadReader(
      RouterSettings settings,
      BudgetSettings limits,
      ByteBudget budget,
      Stamper stamper,
      InstantSource clock) {
    return new UploadReader(settings, limits, budget, stamper, clock);
  }

  @Bean
  CircuitBreaker streamBreaker(CircuitBreakerRegistry breakers) {
    return breakers.circuitBreaker(BREAKER);
  }

  @Bean
  GuardedStreamPath guardedStreamPath(
      StreamAppender appender, CircuitBreaker streamBreaker, RouterSettings settings) {
    if (settings.accept()) {
      appender.willAppend();
    }
    return new GuardedStreamPath(appender, streamBreaker);
  }

  @Bean
  MirrorLedger mirrorLedger(
      DroppedMirrors dropped, RefusedRecords refused, MeterRegistry meters, Loops loops) {
    return new MirrorLedger(dropped, refused, meters, loops);
  }

  @Bean
  UploadRouter uploadRouter(
      RolloutFlags flags,
      LegacyPath legacy,
      GuardedStreamPath stream,
      MirrorLedger ledger,
      RollbackWatch rollbacks,
      RouterSettings settings,
      ObjectProvider<AcceptanceJournal> journal,
      Databases databases,
      InstantSource clock,
      MeterRegistry meters) {
    journal.ifAvailable(
        noted -> noted.holds(() -> Arrays.stream(Kind.values()).mapToLong(legacy::held).sum()));
    return new UploadRouter(
        flags,
        legacy,
        stream,
        ledger,
        rollbacks,
        settings.patience(),
        journal.getIfAvailable(),
        databases::legacyOpened,
        clock,
        meters);
  }

  /**
   * Keeps the buffers of idle connections off the heap: those of 10,000 devices would fill a third
   * of it, and the collector would look at them without end.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> buffersOffTheHeap() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> {
              connector.setProperty("socket.directBuffer", "true");
              connector.setProperty("socket.appReadBufSize", CONNECTION_BUFFER);
              connector.setProperty("socket.appWriteBufSize", CONNECTION_BUFFER);
              connector.setProperty("maxTrailerSize", TRAILERS);
            });
  }

  @Bean
  SlowBodies slowBodies(BudgetSettings limits, Loops loops, MeterRegistry meters) {
    SlowBodies bodies = new SlowBodies(limits, loops);
    Gauge.builder(RouterMeter.COMING.id(), bodies::size)
        .description(RouterMeter.COMING.description())
        .register(meters);
    return bodies;
  }

  /** What is slow to send holds neither a thread nor a buffer for long. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> slowClients(
      BudgetSettings limits, SlowBodies bodies) {
    // Tomcat ends all that are due at once, so it is left what SlowBodies should have ended.
    String patience = String.valueOf(limits.bodyPatience().multipliedBy(2).toMillis());
    return factory -> {
      factory.setProtocol(ClientProtocol.class.getName());
      factory.addEngineValves(new ClientConnection());
      factory.addConnectorCustomizers(
          connector -> {
            connector.setProperty("disableUploadTimeout", "false");
            connector.setProperty("connectionUploadTimeout", patience);
            if (connector.getProtocolHandler() instanceof ClientProtocol protocol) {
              protocol.fit(Runtime.getRuntime().maxMemory());
              bodies.watch(protocol);
            }
          });
    };
  }

  /** MVC sets its own request context; devices need none. */
  @Bean
  FilterRegistrationBean<RequestContextFilter> noRequestContextFilter() {
    var registration = new FilterRegistrationBean<>(new RequestContextFilter());
    registration.setEnabled(false);
    return registration;
  }

  /** Says once, when a database is first seen, what would otherwise be seen with a large record. */
  @Bean
  ApplicationRunner packetLimits(Databases databases, RouterSettings settings) {
    return arguments ->
        databases.whenOpened(
            (name, database) -> {
              try {
                PacketLimit.warning(name, database, settings.maxBody().toBytes())
                    .ifPresent(log::warn);
              } catch (SQLException e) {
                log.warn("{}: cannot ask for max_allowed_packet: {}", name, e.getMessage());
              }
            });
  }

  /** The six endpoints of devices. */
  @Bean
  @ConditionalOnProperty(name = "crossfade.router.accept", matchIfMissing = true)
  ServletContextInitializer uploadServlets(
      UploadReader reader,
      UploadRouter router,
      DeadLetters deadLetters,
      RouterSettings settings,
      ByteBudget budget,
      SlowBodies slowBodies,
      MeterRegistry meters) {
    DeviceTokens tokens = new DeviceTokens(settings.deviceTokens());
    return context -> {
      for (Kind kind : Kind.values()) {
        for (boolean v2 : new boolean[] {false, true}) {
          String path = UploadServlet.path(kind, v2);
          int maxBody = (int) settings.maxBody().toBytes();
          var servlet =
              new UploadServlet(
                  kind,
                  v2,
                  reader,
                  router,
                  deadLetters,
                  meters,
                  tokens,
                  maxBody,
                  budget,
                  slowBodies);
          var registration = new ServletRegistrationBean<>(servlet, path);
          registration.setName(path.substring(1));
          registration.onStartup(context);
        }
      }
    };
  }
}
