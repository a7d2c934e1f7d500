package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

  private static final String CHARACTERS = "a\"\\\uD83D\uDE00\uD800\uDFFF\u0000ß";

  @Test
  void jsonReadsAsItWasWhateverHalvesItHas() throws Exception {
    for (int seed = 0; seed < 2_000; seed++) {
      StringBuilder text = new StringBuilder();
      Random random = new Random(seed);
      for (int left = random.nextInt(8); left > 0; left--) {
        text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
      }
      byte[] json = Utf8.ofJson(TextNode.valueOf(text.toString()).toString());
      assertThat(Utf8.of(json)).as("seed %d", seed).isSameAs(json);
      assertThat(new ObjectMapper().readTree(json).textValue())
          .as("seed %d", seed)
          .isEqualTo(text.toString());
    }
  }
}
