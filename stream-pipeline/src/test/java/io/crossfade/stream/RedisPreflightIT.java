package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class RedisPreflightIT {

  @Test
  void warnsInOneLineEachWhenRedisWouldLoseData() {
    try (TestRedis redis = new TestRedis();
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
        var connection = client.connect()) {
      assertThat(RedisPreflight.check(connection.sync(), List.of())).isEmpty();
      connection.sync().configSet("appendonly", "no");
      connection.sync().configSet("appendfsync", "everysec");
      connection.sync().configSet("maxmemory-policy", "allkeys-lru");
      assertThat(RedisPreflight.check(connection.sync(), List.of()))
          .containsExactly(
              new RedisPreflight.Finding(
                  Level.WARN,
                  "Redis has appendonly no: a restart loses what it confirmed; set it to yes"),
              new RedisPreflight.Finding(
                  Level.WARN,
                  "Redis has appendfsync everysec: its crash may lose the last two seconds of what"
                      + " it confirmed; set it to always"),
              new RedisPreflight.Finding(
                  Level.WARN,
                  "Redis has maxmemory-policy allkeys-lru: a full Redis may drop whole streams;"
                      + " set it to noeviction"));
    }
  }
}
