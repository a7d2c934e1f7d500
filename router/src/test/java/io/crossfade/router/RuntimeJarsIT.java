package io.crossfade.router;

import io.crossfade.db.RuntimeJarsContract;

/** What the application's jar is made of. */
class RuntimeJarsIT extends RuntimeJarsContract {

  RuntimeJarsIT() {
    super("router-[\\d.]+(-SNAPSHOT)?\\.jar", 56_000_000);
  }
}
