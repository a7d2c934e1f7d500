package io.crossfade.router;

import io.crossfade.stream.StreamHealth;
import io.lettuce.core.RedisException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
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

  @ExceptionHandler(RedisException.class)
  ProblemDetail redisAway(RedisException e) {
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.SERVICE_UNAVAILABLE, "Redis does not answer: " + e.getMessage());
    problem.setType(java.net.URI.create("urn:crossfade:problem:redis-away"));
    problem.setTitle("Redis is away");
    return problem;
  }
}
