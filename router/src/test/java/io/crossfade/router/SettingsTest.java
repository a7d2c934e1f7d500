package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DbSettings;
import io.crossfade.stream.StreamSettings;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** Defaults bind, every key binds, and bad values are refused under their key. */
class SettingsTest {

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({RouterSettings.class, StreamSettings.class, DbSettings.class})
  static class AllSettings {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(AllSettings.class)
          .withPropertyValues(
              "crossfade.db.control.url=jdbc:mysql://h:3306/c",
              "crossfade.db.control.username=u",
              "crossfade.db.legacy.url=jdbc:mysql://h/l",
              "crossfade.db.legacy.username=u",
              "crossfade.db.stream.url=jdbc:mysql://h/s?x=y",
              "crossfade.db.stream.username=u");

  @Test
  void defaultsBind() {
    runner.run(
        context -> {
          RouterSettings router = context.getBean(RouterSettings.class);
          assertThat(router.accept()).isTrue();
          assertThat(router.zone()).isEqualTo(ZoneId.of("Asia/Shanghai"));
          assertThat(router.urgentEvents())
              .containsExactlyInAnyOrder("SOS_EVENT", "FALLDOWN_EVENT", "ONE_KEY_ALARM");
          assertThat(router.maxBody()).isEqualTo(DataSize.ofMegabytes(2));
          StreamSettings stream = context.getBean(StreamSettings.class);
          assertThat(stream)
              .isEqualTo(
                  new StreamSettings(
                      "",
                      true,
                      false,
                      4,
                      Duration.ofSeconds(30),
                      Duration.ofHours(24),
                      Duration.ofSeconds(1),
                      20_000));
          DbSettings db = context.getBean(DbSettings.class);
          assertThat(db.migrate()).isTrue();
          assertThat(db.migration()).isNull();
          assertThat(db.control().connections()).isEqualTo(12);
        });
  }

  @Test
  void everyKeyBinds() {
    runner
        .withPropertyValues(
            "crossfade.router.accept=false",
            "crossfade.router.zone=Europe/Berlin",
            "crossfade.router.urgent-events=A,B",
            "crossfade.router.max-body=1KB",
            "crossfade.router.max-nesting=9",
            "crossfade.router.max-items=3",
            "crossfade.router.patience=1s",
            "crossfade.stream.key-prefix=p:",
            "crossfade.stream.consume=false",
            "crossfade.stream.validate-only=true",
            "crossfade.stream.max-consumers=2",
            "crossfade.stream.claim-idle=5s",
            "crossfade.stream.retention=1h",
            "crossfade.stream.append-timeout=9ms",
            "crossfade.stream.max-in-flight=7",
            "crossfade.db.migrate=false",
            "crossfade.db.migration.username=m",
            "crossfade.db.migration.password=secret",
            "crossfade.db.control.password=secret",
            "crossfade.db.control.connections=3")
        .run(
            context -> {
              assertThat(context.getBean(RouterSettings.class).toString())
                  .contains("false", "Europe/Berlin", "1024B", "9", "3", "PT1S");
              assertThat(context.getBean(StreamSettings.class))
                  .isEqualTo(
                      new StreamSettings(
                          "p:",
                          false,
                          true,
                          2,
                          Duration.ofSeconds(5),
                          Duration.ofHours(1),
                          Duration.ofMillis(9),
                          7));
              DbSettings db = context.getBean(DbSettings.class);
              assertThat(db.migrate()).isFalse();
              assertThat(db.control().connections()).isEqualTo(3);
              assertThat(db.toString()).as("no password is ever printed").doesNotContain("secret");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "crossfade.router.max-nesting, 7, crossfade.router.maxNesting",
    "crossfade.router.patience, -1s, crossfade.router.patience",
    "crossfade.stream.key-prefix, a b, crossfade.stream.keyPrefix",
    "crossfade.stream.max-consumers, 0, crossfade.stream.maxConsumers",
    "crossfade.stream.claim-idle, 1ms, crossfade.stream.claimIdle",
    "crossfade.stream.retention, 0s, crossfade.stream.retention",
    "crossfade.db.control.url, jdbc:postgresql://h/c, crossfade.db.control.url",
    "crossfade.db.stream.connections, 0, crossfade.db.stream.connections",
    "crossfade.router.zone, Mars/Olympus, crossfade.router.zone"
  })
  void badValuesAreRefusedUnderTheirKey(String key, String value, String named) {
    runner
        .withPropertyValues(key + "=" + value)
        .run(
            context -> {
              assertThat(context).hasFailed();
              StringBuilder messages = new StringBuilder();
              for (Throwable e = context.getStartupFailure(); e != null; e = e.getCause()) {
                messages.append(e).append('\n');
              }
              assertThat(messages.toString().replace("-", "").toLowerCase(java.util.Locale.ROOT))
                  .contains(
                      named
                          .substring(named.lastIndexOf('.') + 1)
                          .toLowerCase(java.util.Locale.ROOT))
                  .contains(named.substring(0, named.lastIndexOf('.')));
            });
  }
}
