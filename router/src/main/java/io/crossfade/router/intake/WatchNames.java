package io.crossfade.router.intake;

import java.util.List;

/** Names that all kinds of watches share. */
final class WatchNames {

  static final List<String> WRAPPED_IN = List.of("data");

  private WatchNames() {}
}
