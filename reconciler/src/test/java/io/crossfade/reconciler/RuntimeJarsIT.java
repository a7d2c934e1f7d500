package io.crossfade.reconciler;

import io.crossfade.db.RuntimeJarsContract;

/** What the shell's jar is made of. */
class RuntimeJarsIT extends RuntimeJarsContract {

  RuntimeJarsIT() {
    super(".*-cli\\.jar", 26_000_000);
  }
}
