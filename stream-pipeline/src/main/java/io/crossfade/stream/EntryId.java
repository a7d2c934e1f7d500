package io.crossfade.stream;

import java.time.Instant;

/** Id of a stream entry: {@code ms-sequence}, both unsigned. */
record EntryId(long millis, long sequence) implements Comparable<EntryId> {

  static final EntryId ZERO = new EntryId(0, 0);

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

  Instant instant() {
    return Instant.ofEpochMilli(millis);
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
