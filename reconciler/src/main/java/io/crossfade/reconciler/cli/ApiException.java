package io.crossfade.reconciler.cli;

/** What a router did not do, in one line with what to do about it. */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  /**
   * @param hint what the person may do; empty for nothing
   */
  ApiException(int exitCode, String message, String hint) {
    super(hint.isEmpty() ? message : message + "; " + hint);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
