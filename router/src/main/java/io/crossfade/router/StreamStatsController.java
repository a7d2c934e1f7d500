package io.crossfade.router;

import io.crossfade.stream.StreamHealth;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /api/stream_stats}: what is in the streams and what has not reached a row; {@code GET
 * /api/streams}: that, and who reads them.
 */
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

  @GetMapping("/api/streams")
  List<StreamHealth.Detail> streams() {
    return health.details();
  }
}
