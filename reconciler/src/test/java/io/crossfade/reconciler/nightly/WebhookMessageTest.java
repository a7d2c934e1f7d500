package io.crossfade.reconciler.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookMessageTest {

  @Test
  void valuesCannotLeaveTheirString() throws Exception {
    String nasty = "a\"b\\c\n$1{{text}}";
    String filled = WebhookMessage.fill("{\"say\":\"{{text}}!\"}", Map.of("text", nasty));
    assertThat(new ObjectMapper().readTree(filled).path("say").asText()).isEqualTo(nasty + "!");
  }

  @Test
  void templateThatCannotWorkIsRefusedAtStart() {
    assertThatThrownBy(() -> WebhookMessage.check("{\"a\":\"{{txt}}\"}"))
        .hasMessageContaining("{{txt}}")
        .hasMessageContaining("text");
    assertThatThrownBy(() -> WebhookMessage.check("{\"a\":{{text}}}"))
        .hasMessageContaining("no JSON");
    WebhookMessage.check("{\"a\":{{unexplained}}}");
  }
}
