package io.crossfade.router.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.DeviceInfo;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the devices know of their own records, kept in a file of theirs. */
final class Truth implements Closeable {

  static final LocalDateTime FIRST = LocalDateTime.of(2025, 9, 14, 8, 15);

  /**
   * One record as its device made it.
   *
   * @param second which of the device's seconds, from {@link #FIRST}
   * @param number what stands in its columns
   * @param type of an event, else empty
   */
  record Made(Kind kind, String device, int second, int number, String type) {

    LocalDateTime time() {
      return FIRST.plusSeconds(second);
    }

    RecordId id() {
      return switch (kind.name()) {
        case "HEALTH" -> HealthData.id(device, time());
        case "DEVICE" -> DeviceInfo.id(device, time());
        default -> CommonEvent.id(device, time(), type, String.valueOf(number));
      };
    }

    boolean urgent() {
      return type.equals("SOS_EVENT");
    }
  }

  /**
   * One try to upload.
   *
   * @param router which was asked
   * @param status of the answer; 0 when there was none
   */
  record Attempt(String router, long fromMillis, long toMillis, int status) {}

  /** A record and every try to upload it. */
  record Told(Made made, List<Attempt> attempts) {

    /** Whether a device was told that its record is taken. */
    boolean promised() {
      return attempts.stream().anyMatch(attempt -> attempt.status() == 200);
    }

    boolean tried(String router) {
      return attempts.stream().anyMatch(attempt -> attempt.router().equals(router));
    }

    boolean refused() {
      return attempts.stream().anyMatch(attempt -> attempt.status() != 200);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<RecordId, Told> records = new ConcurrentHashMap<>();
  private final BufferedWriter file;

  Truth(Path file) {
    try {
      this.file = Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes note of an upload that its device has done with. */
  void add(List<Made> upload, List<Attempt> attempts) {
    for (Made made : upload) {
      Told told = new Told(made, List.copyOf(attempts));
      if (records.put(made.id(), told) != null) {
        throw new IllegalStateException("A device made one record twice: " + made);
      }
      keep(told);
    }
  }

  Map<RecordId, Told> records() {
    return records;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void keep(Told told) {
    try {
      file.write(JSON.writeValueAsString(told));
      file.newLine();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
