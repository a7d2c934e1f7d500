package io.crossfade.db;

import java.io.IOException;

/**
 * An entry holds a field that this process' definition of its kind has not: a newer one wrote it.
 */
final class NewerFieldException extends IOException {

  private static final long serialVersionUID = 1;

  NewerFieldException(Kind kind, String field) {
    super(
        "It has the field %s, which this process' definition of %s has not"
            .formatted(Visible.of(field), kind.label()));
  }
}
