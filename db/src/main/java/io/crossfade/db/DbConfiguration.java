package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.budget.BudgetConfiguration;
import io.crossfade.db.control.ControlConfiguration;
import io.crossfade.db.process.Loops;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The three schemas, pooled, each up to date before anybody gets a connection; and the loops of the
 * process. Applications import this and name what they need of it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DbSettings.class)
@Import({BudgetConfiguration.class, ControlConfiguration.class})
public class DbConfiguration {

  @Bean
  HikariDataSource controlDataSource(DbSettings settings) {
    return open("control", "control", settings.control(), settings);
  }

  @Bean
  HikariDataSource legacyDataSource(DbSettings settings) {
    return open("legacy", "output", settings.legacy(), settings);
  }

  @Bean
  HikariDataSource streamDataSource(DbSettings settings) {
    return open("stream", "output", settings.stream(), settings);
  }

  /** What this process is called. */
  @Bean
  InstanceName instanceName() {
    return InstanceName.unique();
  }

  @Bean
  Output legacyOutput(HikariDataSource legacyDataSource) {
    return new Output(legacyDataSource);
  }

  @Bean
  Output streamOutput(HikariDataSource streamDataSource) {
    return new Output(streamDataSource);
  }

  /** All loops of this process. */
  @Bean
  Loops loops(ObjectProvider<MeterRegistry> meters) {
    return new Loops(meters.getIfAvailable(SimpleMeterRegistry::new));
  }

  /** When the server is away, the schema is taken into use later, by {@link Databases}. */
  private static HikariDataSource open(
      String name, String scripts, DbSettings.Schema schema, DbSettings settings) {
    SchemaPool pool =
        Schemas.open(
            name,
            schema,
            new SchemaPool.Migration(scripts, settings.migrate(), settings.migration()));
    try {
      pool.open();
    } catch (SQLException | FlywayException e) {
      pool.close();
      throw new IllegalStateException(
          "Cannot use the %s schema at %s".formatted(name, pool.state().place()), e);
    }
    return pool;
  }
}
