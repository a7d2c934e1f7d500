package io.crossfade.stream;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Output;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.process.Loops;
import io.lettuce.core.RedisClient;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.data.redis.ClientResourcesBuilderCustomizer;
import org.springframework.boot.autoconfigure.data.redis.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.autoconfigure.data.redis.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The stream path, in front of the bean {@code streamOutput}; Redis is where {@code
 * spring.data.redis} says.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StreamSettings.class)
public class StreamConfiguration {

  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);

  /** Beside what Spring Boot sets: trust and keys of {@code spring.data.redis.ssl.bundle}. */
  @Bean
  LettuceClientOptionsBuilderCustomizer streamClientOptions() {
    return RedisLinks::options;
  }

  @Bean
  LettuceClientConfigurationBuilderCustomizer streamCommandTimeout() {
    return builder -> builder.commandTimeout(COMMAND_TIMEOUT);
  }

  /** It would time every command, where {@link StreamMeter} times appends. */
  @Bean
  ClientResourcesBuilderCustomizer streamClientResources() {
    return builder ->
        builder
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .nettyCustomizer(new FatalErrorsInNetty());
  }

  @Bean
  RedisLinks redisLinks(LettuceConnectionFactory factory, StreamSettings settings) {
    // Spring's own connection, which the health endpoint asks, is made anew only when checked.
    factory.setValidateConnection(true);
    // It closes the client.
    factory.setPhase(RedisLinks.PHASE - 1);
    if (factory.getRequiredNativeClient() instanceof RedisClient client) {
      return new RedisLinks(client, settings);
    }
    throw new IllegalStateException(
        "spring.data.redis must name one server or a sentinel, not a cluster");
  }

  @Bean
  StreamAppender streamAppender(
      RedisLinks redisLinks,
      StreamSettings settings,
      Loops loops,
      MeterRegistry meters,
      ByteBudget budget) {
    return new StreamAppender(redisLinks, settings, loops, meters, budget);
  }

  @Bean
  StreamGroups streamGroups(RedisLinks redisLinks, StreamSettings settings) {
    return new StreamGroups(redisLinks, settings);
  }

  @Bean
  StreamLook streamLook(RedisLinks redisLinks, StreamSettings settings) {
    return new StreamLook(redisLinks, settings);
  }

  @Bean
  StreamLayouts streamLayouts(RedisLinks redisLinks, StreamSettings settings) {
    return new StreamLayouts(redisLinks, settings);
  }

  @Bean
  StreamHealth streamHealth(
      StreamLook look, StreamLayouts layouts, StreamSettings settings, InstantSource clock) {
    return new StreamHealth(look, layouts, settings, clock);
  }

  @Bean
  StreamPipeline streamPipeline(
      StreamSettings settings,
      RedisLinks redisLinks,
      StreamLook look,
      StreamGroups groups,
      StreamLayouts layouts,
      StreamHealth health,
      Output streamOutput,
      DeadLetters deadLetters,
      InstantSource clock,
      Loops loops,
      MeterRegistry meters,
      ByteBudget budget,
      InstanceName instance) {
    return new StreamPipeline(
        settings,
        redisLinks,
        look,
        groups,
        layouts,
        health,
        streamOutput,
        deadLetters,
        clock,
        loops,
        meters,
        budget,
        instance);
  }
}
