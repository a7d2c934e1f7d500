package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceNameTest {

  @Test
  void noTwoAreAlike() {
    Set<InstanceName> names = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      names.add(InstanceName.unique());
    }
    assertThat(names).hasSize(100);
  }

  @Test
  void whatAHostIsCalledMakesAName() {
    assertThat(InstanceName.ofHost("router-1.example").text())
        .matches("router-1.example-[0-9a-f]{8}");
    assertThat(InstanceName.ofHost("..\\ein Gerät/").text()).matches("_ein_Ger_t_-[0-9a-f]{8}");
    assertThat(InstanceName.ofHost("x".repeat(300)).text()).hasSizeLessThanOrEqualTo(128);
    assertThat(InstanceName.ofHost("").text()).matches("-[0-9a-f]{8}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "a b", "Gerät"})
  void whatIsNoNameForADirectoryIsRefused(String text) {
    assertThatThrownBy(() -> new InstanceName(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
