package io.crossfade.db;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Names a process in the control schema and in Redis so that no other one, before or after, has the
 * same name.
 */
public final class InstanceName {

  private InstanceName() {}

  /** A new name: the host, for people, and a random number. */
  public static String unique() {
    return host() + "-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "host";
    }
  }
}
