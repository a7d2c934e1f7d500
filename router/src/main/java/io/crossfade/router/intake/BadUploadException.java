package io.crossfade.router.intake;

/** A body that is no upload at all: nothing of it is kept, and the answer says why. */
final class BadUploadException extends Exception {

  private final int status;

  /**
   * @param status of the HTTP answer
   * @param message for the device's log
   */
  BadUploadException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
