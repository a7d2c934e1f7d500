package io.crossfade.reconciler;

/** The worker did not renew its claim in time; the run is another's now, or was forgotten. */
final class ClaimLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ClaimLostException(long run) {
    super("Run %d was taken over; what this worker had still to write is dropped".formatted(run));
  }
}
