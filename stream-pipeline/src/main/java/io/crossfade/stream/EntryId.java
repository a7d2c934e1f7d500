package io.crossfade.stream;

import java.time.Instant;

/** Id of a stream entry: {@code ms-sequence}, both unsigned. */
record EntryId(long millis, long sequence) implements Comparable<EntryId> {

  static final EntryId ZERO = new EntryId(0, 0);

  /** No id is larger. */
  static final EntryId LAST = new EntryId(-1, -1);

  static EntryId parse(String id) {
    int dash = id.indexOf('-');
    return dash < 0
        ? new EntryId(Long.parseUnsignedLong(id), 0)
        : new EntryId(
            Long.parseUnsignedLong(id, 0, dash, 10),
            Long.parseUnsignedLong(id, dash + 1, id.length(), 10));
  }

  static EntryId floor(Instant instant) {
    return new EntryId(instant.toEpochMilli(), 0);
  }

  /** What its first half says; never in the past for one of the far future. */
  Instant instant() {
    return Instant.ofEpochMilli(millis < 0 ? Long.MAX_VALUE : millis);
  }

  /** The smallest id after this one. */
  EntryId next() {
    return sequence == -1 ? new EntryId(millis + 1, 0) : new EntryId(millis, sequence + 1);
  }

  EntryId orEarlier(EntryId other) {
    return compareTo(other) <= 0 ? this : other;
  }

  @Override
  public int compareTo(EntryId other) {
    int byMillis = Long.compareUnsigned(millis, other.millis);
    return byMillis != 0 ? byMillis : Long.compareUnsigned(sequence, other.sequence);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(millis) + "-" + Long.toUnsignedString(sequence);
  }
}
