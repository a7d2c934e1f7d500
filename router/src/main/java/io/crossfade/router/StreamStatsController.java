package io.crossfade.router;

import io.crossfade.stream.StreamHealth;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/stream_stats}: what is in the streams and what has not reached a row. */
@RestController
final class StreamStatsController {

  private final StreamHealth health;

  StreamStatsController(StreamHealth health) {
    this.health = health;
  }

  @GetMapping("/api/stream_stats")
  List<StreamHealth.Stats> stats() {
    return health.stats();
  }
}
