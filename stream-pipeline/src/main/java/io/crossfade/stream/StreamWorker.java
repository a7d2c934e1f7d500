package io.crossfade.stream;

import io.crossfade.db.DatabasesConfiguration;
import io.crossfade.db.DbConfiguration;
import io.crossfade.db.process.FatalErrors;
import io.crossfade.db.process.StopDeadline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** A process that only consumes: the stream path on another machine than the router. */
@Configuration(proxyBeanMethods = false)
@Import({DbConfiguration.class, DatabasesConfiguration.class, StreamConfiguration.class})
@ImportAutoConfiguration({
  RedisAutoConfiguration.class,
  SslAutoConfiguration.class,
  PropertyPlaceholderAutoConfiguration.class
})
public class StreamWorker {

  public static void main(String[] arguments) {
    FatalErrors.endProcessOfAnyThread();
    SpringApplication worker = new SpringApplication(StreamWorker.class);
    worker.setWebApplicationType(WebApplicationType.NONE);
    worker.setKeepAlive(true);
    worker.addInitializers(StopDeadline.watch());
    worker.run(arguments);
  }

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  @ConditionalOnMissingBean
  MeterRegistry meters() {
    return new SimpleMeterRegistry();
  }
}
