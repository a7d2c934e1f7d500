package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SettingTextTest {

  @Test
  void valuesAreWrittenAsOneSetsThem() {
    assertThat(SettingText.of(Duration.ofDays(7))).isEqualTo("7d");
    assertThat(SettingText.of(Duration.ofSeconds(90))).isEqualTo("90s");
    assertThat(SettingText.of(Duration.ofMillis(1_500))).isEqualTo("1500ms");
    assertThat(SettingText.of(Duration.ZERO)).isEqualTo("0ms");
    assertThat(SettingText.of(DataSize.ofMegabytes(2))).isEqualTo("2MB");
    assertThat(SettingText.of(DataSize.ofBytes(0))).isEqualTo("0B");
    assertThat(SettingText.of(List.of("10", "30"))).isEqualTo("10, 30");
    assertThat(SettingText.of(null)).isNull();
  }

  @Test
  void addressesKeepNeitherUserNorQuery() {
    assertThat(SettingText.of("jdbc:mysql://db:3306/control?password=x&user=y"))
        .isEqualTo("jdbc:mysql://db:3306/control");
    assertThat(SettingText.of("https://ann:secret@host:1/path#token"))
        .isEqualTo("https://host:1/path");
    assertThat(SettingText.of(List.of("redis://u:p@a", "redis://:p@b")))
        .isEqualTo("redis://a, redis://b");
  }

  @Test
  void whatLooksLikeASecretIsOne() {
    assertThat(
            List.of(
                "crossfade.db.control.password",
                "crossfade.router.device-tokens",
                "crossfade.reconciler.nightly.webhook.url",
                "crossfade.some.api-key"))
        .allMatch(SettingText::isSecret);
    assertThat(SettingText.isSecret("crossfade.stream.key-prefix")).isFalse();
  }
}
