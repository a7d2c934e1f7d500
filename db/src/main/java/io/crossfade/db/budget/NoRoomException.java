package io.crossfade.db.budget;

/** The budget has no room for what was to be taken in; nothing was. Later there may be. */
public final class NoRoomException extends RuntimeException {

  private static final long serialVersionUID = 1;

  NoRoomException(Stage stage, long bytes) {
    // Thrown when memory is short: no stack trace.
    super("No room for %d more bytes of %s".formatted(bytes, stage.label()), null, false, false);
  }
}
