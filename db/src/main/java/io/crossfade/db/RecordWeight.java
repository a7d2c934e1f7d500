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
    long facts = 0;
    if (accepted instanceof HealthData data) {
      for (String fact : data.facts().values()) {
        facts += of(fact);
      }
    }
    return FRAME + texts + facts;
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
    return of(accepted.deviceSn())
        + switch (accepted) {
          case HealthData data -> of(data.uploadMethod());
          case DeviceInfo info ->
              of(info.systemSoftwareVersion())
                  + of(info.wifiAddress())
                  + of(info.bluetoothAddress())
                  + of(info.ipAddress())
                  + of(info.networkAccessMode())
                  + of(info.deviceName())
                  + of(info.imei())
                  + of(info.status());
          case CommonEvent event -> of(event.eventType()) + of(event.eventValue());
        };
  }

  private static long of(@Nullable String text) {
    return text == null ? 0 : STRING + 2L * text.length();
  }
}
