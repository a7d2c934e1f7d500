package io.crossfade.db;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a record takes of the heap, bytes: an estimate that is the same at any time. */
public final class RecordWeight {

  /** Objects and numbers of a record and of its place in a queue. */
  private static final int FRAME = 480;

  /** A string beside its characters. */
  private static final int STRING = 48;

  private RecordWeight() {}

  public static long of(AcceptedRecord accepted) {
    return of(accepted, texts(accepted));
  }

  /**
   * The same where what its {@link #texts} take is known.
   *
   * @param texts bytes
   */
  public static long of(AcceptedRecord accepted, long texts) {
    return FRAME + texts + accepted.kind().definition().documents(accepted);
  }

  public static long of(Collection<? extends AcceptedRecord> records) {
    long sum = 0;
    for (AcceptedRecord accepted : records) {
      sum += of(accepted);
    }
    return sum;
  }

  /** Bytes of what a record says in words, its facts aside. */
  public static long texts(AcceptedRecord accepted) {
    return of(accepted.deviceSn()) + accepted.kind().definition().texts(accepted);
  }

  static long of(@Nullable String text) {
    return text == null ? 0 : STRING + 2L * text.length();
  }
}
