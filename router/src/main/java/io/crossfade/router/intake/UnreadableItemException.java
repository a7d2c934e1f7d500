package io.crossfade.router.intake;

/** An item of an upload that cannot become a record. */
final class UnreadableItemException extends Exception {

  private final UnreadableReason reason;

  UnreadableItemException(UnreadableReason reason) {
    super(reason.name());
    this.reason = reason;
  }

  UnreadableReason reason() {
    return reason;
  }
}
