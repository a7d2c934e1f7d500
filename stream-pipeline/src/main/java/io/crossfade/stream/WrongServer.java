package io.crossfade.stream;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.List;

/**
 * Answers by which a Redis says that it is not, or not now, the one to be written to. Its
 * connections stay open all the same, so they must be let go of: the next one is made to whoever
 * has the name, or the sentinels' word, by then.
 */
final class WrongServer {

  /**
   * First words of errors: it is a replica, it lost its own primary, it is still reading its data,
   * it has too few replicas to be a primary, its part of a cluster is away, and it asks for a
   * password, which may have changed since the connection was made.
   */
  private static final List<String> SAY_SO =
      List.of("READONLY", "MASTERDOWN", "LOADING", "NOREPLICAS", "CLUSTERDOWN", "NOAUTH");

  private WrongServer() {}

  /** Whether a command failed with such an answer. */
  static boolean said(Throwable failure) {
    return failure instanceof RedisCommandExecutionException
        && SAY_SO.stream().anyMatch(String.valueOf(failure.getMessage())::startsWith);
  }
}
