package io.crossfade.router.console;

import io.crossfade.stream.StreamHealth;
import java.time.InstantSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** {@code /console/streams}: what is in the streams, who reads them, and what stays pending. */
@Controller
final class StreamsPage {

  private final StreamHealth health;
  private final InstantSource clock;

  StreamsPage(StreamHealth health, InstantSource clock) {
    this.health = health;
    this.clock = clock;
  }

  @GetMapping("/console/streams")
  String page(Model model) {
    model.addAttribute("streams", health.details());
    model.addAttribute("at", clock.instant());
    return "console/streams";
  }
}
