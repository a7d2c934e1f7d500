package io.crossfade.reconciler.tables;

import java.util.List;

/** Two tables that cannot be compared as they are; the message names each column and what to do. */
public final class DriftException extends Exception {
  private static final long serialVersionUID = 1;

  DriftException(String left, String right, List<String> drifts) {
    super("%s and %s cannot be compared: %s".formatted(left, right, String.join("; ", drifts)));
  }
}
