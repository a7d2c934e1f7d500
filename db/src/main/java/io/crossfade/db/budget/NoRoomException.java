package io.crossfade.db.budget;

/** There is no room for what was to be taken in; nothing was. Later there may be. */
public final class NoRoomException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * @param what there is none of
   */
  public NoRoomException(String what) {
    // Thrown when memory is short: no stack trace.
    super(what, null, false, false);
  }

  NoRoomException(Stage stage, long bytes) {
    this("No room for %d more bytes of %s".formatted(bytes, stage.label()));
  }
}
