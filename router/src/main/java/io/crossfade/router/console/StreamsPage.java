package io.crossfade.router.console;

import io.crossfade.stream.StreamHealth;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * {@code /console/streams}: what is in the streams and their partitions, who reads them, and what
 * stays pending.
 */
@Controller
final class StreamsPage {

  /**
   * A stream and its partitions.
   *
   * @param partitions itself alone where it is not cut
   */
  record Whole(String key, List<StreamHealth.Detail> partitions) {

    public boolean cut() {
      return partitions.size() > 1 || !partitions.getFirst().stats().stream().equals(key);
    }

    /** Those whose consumers are shown: of many partitions only where something is pending. */
    public List<StreamHealth.Detail> read() {
      return partitions.stream()
          .filter(
              partition ->
                  !cut() || partition.members().stream().anyMatch(one -> one.oldest() != null))
          .toList();
    }
  }

  private final StreamHealth health;
  private final InstantSource clock;

  StreamsPage(StreamHealth health, InstantSource clock) {
    this.health = health;
    this.clock = clock;
  }

  @GetMapping("/console/streams")
  String page(Model model) {
    Map<String, List<StreamHealth.Detail>> streams = new LinkedHashMap<>();
    for (StreamHealth.Detail detail : health.details()) {
      streams.computeIfAbsent(detail.stats().whole(), first -> new ArrayList<>()).add(detail);
    }
    model.addAttribute(
        "streams",
        streams.entrySet().stream().map(of -> new Whole(of.getKey(), of.getValue())).toList());
    model.addAttribute("at", clock.instant());
    return "console/streams";
  }
}
