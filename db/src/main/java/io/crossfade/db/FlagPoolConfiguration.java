package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For processes that route by the flags. Imported beside {@link DbConfiguration}. */
@Configuration(proxyBeanMethods = false)
public class FlagPoolConfiguration {

  /** The control schema again, for the flags alone: nothing else is asked for on its links. */
  @Bean
  HikariDataSource flagDataSource(DbSettings settings, HikariDataSource controlDataSource) {
    return Schemas.openForFlags(settings.control(), (SchemaPool) controlDataSource);
  }
}
