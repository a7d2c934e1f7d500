package io.crossfade.router.intake;

/** This router has no node number yet, and so no stamp for what it would accept. */
public final class NoNodeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  NoNodeException() {
    super("This router has no node number yet: the control schema has not given it one");
  }
}
