package io.crossfade.db;

/**
 * A device's place among all, which never changes: shares of a rollout and partitions of streams
 * are ranges of places.
 */
public final class DeviceBucket {

  /** Places that there are. */
  public static final int ALL = 10_000;

  /** One salt for all kinds, for ever: another would move every device. */
  private static final long SALT = 0x43524F5353464144L;

  private static final long FNV_PRIME = 0x100000001B3L;
  private static final long GOLDEN_SECTION = 0x9E3779B97F4A7C15L;
  private static final int MOST_DIGITS = 18;

  private DeviceBucket() {}

  /**
   * A device's place, 0 to 9,999. What comes before the number at its end is hashed (FNV-1a, then
   * MurmurHash3's finalizer); the number itself goes round in steps of the golden section, so that
   * a run of serial numbers spreads far more evenly than any hash would spread it.
   */
  public static int of(String device) {
    int end = device.length();
    int digits = end;
    while (digits > 0 && end - digits < MOST_DIGITS && isDigit(device.charAt(digits - 1))) {
      digits--;
    }
    long hash = SALT + (end - digits);
    for (int i = 0; i < digits; i++) {
      hash = (hash ^ device.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
    hash ^= hash >>> 33;
    long number = 0;
    for (int i = digits; i < end; i++) {
      number = number * 10 + device.charAt(i) - '0';
    }
    return (int) Math.unsignedMultiplyHigh(hash + number * GOLDEN_SECTION, ALL);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
