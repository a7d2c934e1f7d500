package io.crossfade.db;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/**
 * Identity of a stored row, 16 bytes: 48 bits of the record's own time in ms, so that ids grow
 * nearly in order, then 80 bits of a SHA-256 over its natural key. Ordered as unsigned bytes, like
 * {@code BINARY(16)}.
 *
 * @param high the first 8 bytes, big-endian
 * @param low the last 8 bytes, big-endian
 */
public record RecordId(long high, long low) implements Comparable<RecordId> {

  static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

  /** Of no scope's end, so that no other scope reads the same. */
  private static final String FOLD = "/fold";

  private static final MessageDigest SHA_256 = newSha256();

  /**
   * Derives the id of a natural key at a local time.
   *
   * @param scope keeps equal keys of different tables apart, for example {@code HEALTH}
   * @param time the record's own local time, not before 1970
   * @param key the parts of the natural key beside the time
   */
  static RecordId derive(String scope, LocalDateTime time, String... key) {
    MessageDigest digest = sha256();
    update(digest, scope);
    for (String part : key) {
      update(digest, part);
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    long millis = time.toEpochSecond(ZoneOffset.UTC) * 1000;
    return new RecordId((millis << 16) | (hash.getShort() & 0xffffL), hash.getLong());
  }

  /**
   * Derives the id of a natural key at a moment. The later of two moments with one local time has a
   * scope of its own; all others have the id that their local time gives.
   */
  static RecordId derive(String scope, RecordTime time, String... key) {
    return derive(time.fold() ? scope + FOLD : scope, time.local(), key);
  }

  /** The id as stored. */
  public static RecordId of(byte[] bytes) {
    if (bytes.length != 16) {
      throw new IllegalArgumentException("A record id has 16 bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new RecordId(buffer.getLong(), buffer.getLong());
  }

  /** The id that {@link #toString} prints: 32 hexadecimal digits. */
  public static RecordId parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** The id as stored: 16 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  @Override
  public int compareTo(RecordId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @JsonValue
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }

  /**
   * Each part is preceded by its length, so that ("a", "bc") and ("ab", "c") differ whatever they
   * hold.
   */
  private static void update(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update((byte) (bytes.length >>> 8));
    digest.update((byte) bytes.length);
    digest.update(bytes);
  }

  /** A copy: asking for one by name costs more than hashing a key. */
  public static MessageDigest sha256() {
    try {
      return (MessageDigest) SHA_256.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("The JDK's SHA-256 can be copied", e);
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
