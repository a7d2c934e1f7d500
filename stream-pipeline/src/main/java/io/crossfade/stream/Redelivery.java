package io.crossfade.stream;

/**
 * Decides how an entry is taken that was given to a consumer before and not acknowledged. Pure: the
 * caller says how often that was.
 */
enum Redelivery {
  /** With others, as at first: its consumer lost its connection, or was stopped. */
  TOGETHER,
  /** By itself: some entry of its batch may be why nobody acknowledges it. */
  ALONE,
  /** Not at all: it goes to the dead letters, and nobody decodes it. */
  DEAD;

  /** Deliveries after which it is suspected. */
  private static final long SUSPECT = 3;

  /**
   * @param deliveries so far
   * @param most that an entry gets
   */
  static Redelivery of(long deliveries, int most) {
    if (deliveries >= most) {
      return DEAD;
    }
    return deliveries >= SUSPECT ? ALONE : TOGETHER;
  }
}
