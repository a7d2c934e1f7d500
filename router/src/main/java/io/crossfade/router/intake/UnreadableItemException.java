package io.crossfade.router.intake;

import org.jspecify.annotations.Nullable;

/** An item of an upload that cannot become a record. */
final class UnreadableItemException extends Exception {

  private static final long serialVersionUID = 1;

  private final UnreadableReason reason;
  private final @Nullable String field;

  UnreadableItemException(UnreadableReason reason) {
    this(reason, null);
  }

  /**
   * @param field which the reason is about, by its name in the definition of the kind, or what the
   *     code of the kind says
   */
  UnreadableItemException(UnreadableReason reason, @Nullable String field) {
    super(field == null || field.isEmpty() ? reason.name() : reason.name() + " " + field);
    this.reason = reason;
    this.field = field;
  }

  UnreadableReason reason() {
    return reason;
  }

  /** Which field it is about, when it is about one. */
  @Nullable String field() {
    return field;
  }
}
