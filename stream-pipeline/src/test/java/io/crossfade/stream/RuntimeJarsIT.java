package io.crossfade.stream;

import io.crossfade.db.RuntimeJarsContract;

/** What a worker's jar is made of. */
class RuntimeJarsIT extends RuntimeJarsContract {

  RuntimeJarsIT() {
    super(".*-worker\\.jar", 34_000_000);
  }
}
