package io.crossfade.reconciler.tables;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names in statements, and digests. */
final class Sql {

  private Sql() {}

  /** SHA-256, as SHA2(…, 256) has it. */
  static byte[] digest(byte[] value) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(value);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  /** A name that is taken as it is, whatever is in it. */
  static String name(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
