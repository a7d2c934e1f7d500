package io.crossfade.router;

import io.crossfade.db.DatabasesConfiguration;
import io.crossfade.db.DbConfiguration;
import io.crossfade.db.process.FatalErrors;
import io.crossfade.db.process.StopDeadline;
import io.crossfade.legacy.LegacyConfiguration;
import io.crossfade.reconciler.ReconcilerConfiguration;
import io.crossfade.reconciler.accounting.AccountingConfiguration;
import io.crossfade.reconciler.nightly.NightlyConfiguration;
import io.crossfade.router.process.ProcessConfiguration;
import io.crossfade.stream.StreamConfiguration;
import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Takes uploads and sends them down both paths; with other settings, a worker that only consumes.
 */
@SpringBootApplication(
    scanBasePackages = {},
    exclude = {
      DataSourceAutoConfiguration.class,
      FlywayAutoConfiguration.class,
      SecurityFilterAutoConfiguration.class
    })
@Import({
  DbConfiguration.class,
  DatabasesConfiguration.class,
  LegacyConfiguration.class,
  StreamConfiguration.class,
  ReconcilerConfiguration.class,
  AccountingConfiguration.class,
  NightlyConfiguration.class,
  ProcessConfiguration.class,
  RouterConfiguration.class
})
public class RouterApplication {

  public static void main(String[] arguments) {
    FatalErrors.endProcessOfAnyThread();
    SpringApplication router = new SpringApplication(RouterApplication.class);
    router.addInitializers(StopDeadline.watch());
    router.run(arguments);
  }

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }
}
