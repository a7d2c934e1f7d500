package io.crossfade.stream;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import java.nio.ByteBuffer;

/**
 * Reads the entries of one reply and keeps no more of them than fits: whoever asked could not know
 * how large they are. What is left out stays pending and can be asked for again, with fewer others.
 */
final class ReplyBound implements RedisCodec<byte[], byte[]> {

  /** Of one reply, bytes; some thousand records of ordinary size, or a few that are very large. */
  static final int MOST = 2 * 1024 * 1024;

  /** Stands for a value that did not fit. */
  static final byte[] LEFT_OUT = {};

  private static final int LONGEST_NAME = 64 * 1024;

  private long kept;
  private long seen;

  /** Bytes of all values, those that were left out included. */
  long seen() {
    return seen;
  }

  /** The name of a field, or of a stream. */
  @Override
  public byte[] decodeKey(ByteBuffer bytes) {
    byte[] name = new byte[Math.min(bytes.remaining(), LONGEST_NAME)];
    bytes.get(name);
    kept += name.length;
    return name;
  }

  /** The first is kept however large it is: otherwise nobody would ever see it. */
  @Override
  public byte[] decodeValue(ByteBuffer bytes) {
    int length = bytes.remaining();
    boolean first = seen == 0;
    seen += length;
    if (!first && kept + length > MOST) {
      return LEFT_OUT;
    }
    kept += length;
    return ByteArrayCodec.INSTANCE.decodeValue(bytes);
  }

  @Override
  public ByteBuffer encodeKey(byte[] key) {
    return ByteArrayCodec.INSTANCE.encodeKey(key);
  }

  @Override
  public ByteBuffer encodeValue(byte[] value) {
    return ByteArrayCodec.INSTANCE.encodeValue(value);
  }
}
