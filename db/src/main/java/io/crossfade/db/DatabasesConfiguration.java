package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.process.Loops;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * For processes that run for long: they start without the databases, too. Imported beside {@link
 * DbConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
public class DatabasesConfiguration {

  @Bean(initMethod = "start")
  Databases databases(
      HikariDataSource controlDataSource,
      HikariDataSource legacyDataSource,
      HikariDataSource streamDataSource,
      Loops loops) {
    List<SchemaPool> pools =
        Stream.of(controlDataSource, legacyDataSource, streamDataSource)
            .map(SchemaPool.class::cast)
            .toList();
    return new Databases(pools, loops);
  }
}
