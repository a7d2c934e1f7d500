package io.crossfade.stream;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.Stage;
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

  /** However little room there is: one at least has to go on. */
  static final int LEAST = 64 * 1024;

  /** An entry, its record, its row, and that as it is sent. */
  private static final int FORMS_OF_AN_ENTRY = 4;

  /** Of the room there is, what one reply may take: others ask at the same time. */
  private static final int PART = 4;

  private final long most;
  private final Lease lease;
  private long kept;
  private long seen;

  /**
   * @param most bytes that are kept, but for the first value
   * @param lease takes what they take
   */
  ReplyBound(long most, Lease lease) {
    this.most = most;
    this.lease = lease;
  }

  /** For a reply that keeps no more than there is room for now. */
  static ReplyBound within(ByteBudget budget) {
    long part = budget.room(Stage.READS) / PART / FORMS_OF_AN_ENTRY;
    return new ReplyBound(Math.clamp(part, LEAST, MOST), budget.lease(Stage.READS));
  }

  /** Bytes that are kept, but for the first value. */
  long most() {
    return most;
  }

  /** What the reply takes of the budget, until it is written. */
  Lease lease() {
    return lease;
  }

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
    if (!first && kept + length > most) {
      return LEFT_OUT;
    }
    kept += length;
    lease.takeAnyway((long) length * FORMS_OF_AN_ENTRY);
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
