package io.crossfade.router.intake;

/** A body that is no upload at all: nothing of it is kept, and the answer says why. */
final class BadUploadException extends Exception {

  private static final long serialVersionUID = 1;

  private final Problem problem;
  private final int status;
  private final long limit;

  BadUploadException(Problem problem) {
    this(problem, 0);
  }

  /**
   * @param limit that was passed
   */
  BadUploadException(Problem problem, long limit) {
    super(problem.forWatches(limit));
    this.problem = problem;
    this.status = problem.status();
    this.limit = limit;
  }

  /** Of the answer. */
  int status() {
    return status;
  }

  Problem problem() {
    return problem;
  }

  long limit() {
    return limit;
  }
}
