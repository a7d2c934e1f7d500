package io.crossfade.db;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * What a process is called, everywhere: in the control schema, in Redis, in files and in what
 * people read. No other one, before or after, has the same name.
 *
 * @param text at most 128 characters of {@code A-Z a-z 0-9 . _ -}; a name for a directory, too
 */
public record InstanceName(String text) {

  private static final int LONGEST = 128;

  /** Of a host's name, so that a random number fits in behind it. */
  private static final int LONGEST_HOST = 100;

  private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9._-]");

  /**
   * @throws IllegalArgumentException when it cannot be one
   */
  public InstanceName {
    if (text.isEmpty()
        || text.length() > LONGEST
        || text.startsWith(".")
        || OTHER.matcher(text).find()) {
      throw new IllegalArgumentException(
          "%s is no name of an instance: 1 to %d of A-Z a-z 0-9 . _ -, and no dot first"
              .formatted(text, LONGEST));
    }
  }

  /** A new name: the host, for people, and a random number. */
  public static InstanceName unique() {
    return ofHost(host());
  }

  static InstanceName ofHost(String host) {
    String tame = OTHER.matcher(host).replaceAll("_").replaceFirst("^\\.+", "");
    return new InstanceName(
        tame.substring(0, Math.min(tame.length(), LONGEST_HOST))
            + "-"
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "host";
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
