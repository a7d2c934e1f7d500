package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KindTest {

  /** These are in entries, in journals and in keys of letters: a number means one kind for ever. */
  @Test
  void codesStayAsTheyWere() {
    assertThat(Kind.values()).hasSize(3);
    assertThat(Map.of(Kind.HEALTH, 0, Kind.DEVICE, 1, Kind.EVENT, 2))
        .allSatisfy(
            (kind, code) -> {
              assertThat(kind.code()).isEqualTo(code);
              assertThat(Kind.ofCode(code)).contains(kind);
            });
    assertThat(Kind.ofCode(3)).isEmpty();
    assertThat(Kind.ofCode(-1)).isEmpty();
  }
}
