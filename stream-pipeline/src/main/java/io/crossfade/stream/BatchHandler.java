package io.crossfade.stream;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeadLetters;
import io.crossfade.db.DeadLetters.BodyFormat;
import io.crossfade.db.DeadLetters.Letter;
import io.crossfade.db.DeadLetters.Source;
import io.crossfade.db.Output;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.SqlFaults;
import io.lettuce.core.StreamMessage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a batch of entries into rows: decode, commit, acknowledge, in this order. What cannot be
 * decoded or is refused by the output goes to the dead letters before it is acknowledged.
 */
final class BatchHandler {

  private static final Logger log = LoggerFactory.getLogger(BatchHandler.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final RedisLinks links;
  private final StreamGroups groups;
  private final Output output;
  private final DeadLetters deadLetters;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final MeterRegistry meters;

  BatchHandler(
      RedisLinks links,
      StreamGroups groups,
      Output output,
      DeadLetters deadLetters,
      StreamSettings settings,
      InstantSource clock,
      MeterRegistry meters) {
    this.links = links;
    this.groups = groups;
    this.output = output;
    this.deadLetters = deadLetters;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Handles entries of one stream. Returns when they are acknowledged, or when {@code stopping}
   * while the database is away: then they stay pending and are claimed later.
   */
  void handle(
      StreamName stream,
      List<StreamMessage<byte[], byte[]>> messages,
      boolean claimed,
      BooleanSupplier stopping)
      throws InterruptedException {
    count(claimed ? StreamMeter.CLAIMED : StreamMeter.READ, stream, messages.size());
    List<AcceptedRecord> records = new ArrayList<>(messages.size());
    IdentityHashMap<AcceptedRecord, String> ids = new IdentityHashMap<>();
    List<Letter> letters = new ArrayList<>();
    for (StreamMessage<byte[], byte[]> message : messages) {
      byte[] entry = entry(message);
      try {
        AcceptedRecord decoded = RecordCodec.decode(entry);
        records.add(decoded);
        ids.put(decoded, message.getId());
      } catch (RecordCodec.UnreadableEntryException e) {
        log.warn("Cannot read entry {} of {}: {}", message.getId(), stream.key(), e.getMessage());
        int attempts = groups.deliveries(stream, message.getId());
        letters.add(
            Letter.unreadable(
                Source.STREAM,
                stream.kind(),
                String.valueOf(e.getMessage()),
                attempts,
                BodyFormat.ENTRY,
                entry));
      }
    }
    if (commitWithRetries(stream, records, ids, letters, stopping)) {
      links
          .binary()
          .xack(
              settings.key(stream).getBytes(StandardCharsets.UTF_8),
              StreamSettings.GROUP.getBytes(StandardCharsets.UTF_8),
              messages.stream().map(StreamMessage::getId).toArray(String[]::new));
    }
  }

  private boolean commitWithRetries(
      StreamName stream,
      List<AcceptedRecord> records,
      IdentityHashMap<AcceptedRecord, String> ids,
      List<Letter> unreadable,
      BooleanSupplier stopping)
      throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        commit(stream, records, ids, unreadable);
        return true;
      } catch (SQLException | RuntimeException e) {
        if (stopping.getAsBoolean()) {
          return false;
        }
        meters.counter(StreamMeter.RETRIES.id(), "kind", stream.kind().label()).increment();
        log.warn(
            "Cannot write {} entries of {}: {}; trying again in {} ms",
            records.size() + unreadable.size(),
            stream.key(),
            SqlFaults.describe(e),
            pause.toMillis());
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
      }
    }
  }

  private void commit(
      StreamName stream,
      List<AcceptedRecord> records,
      IdentityHashMap<AcceptedRecord, String> ids,
      List<Letter> unreadable)
      throws SQLException {
    List<Letter> letters = new ArrayList<>(unreadable);
    if (settings.validateOnly()) {
      count(StreamMeter.VALIDATED, stream, records.size());
    } else if (!records.isEmpty()) {
      long begin = System.nanoTime();
      for (Output.Rejection rejection : output.writeIsolating(records)) {
        String id = ids.get(rejection.rejected());
        log.warn(
            "Stream output refuses entry {} of {}: {}; kept in the dead letters",
            id,
            stream.key(),
            rejection.reason());
        int attempts = id == null ? 1 : groups.deliveries(stream, id);
        letters.add(Letter.rejected(Source.STREAM, rejection, attempts));
      }
      timer(StreamMeter.WRITE, stream).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      int written = records.size() - letters.size() + unreadable.size();
      count(StreamMeter.WRITTEN, stream, written);
      Timer acceptToRow = timer(StreamMeter.ACCEPT_TO_ROW, stream);
      for (AcceptedRecord row : records) {
        acceptToRow.record(
            Duration.between(AcceptanceStamp.instantOf(row.acceptance().stamp()), clock.instant()));
      }
    }
    deadLetters.keep(letters);
    count(StreamMeter.DEAD, stream, letters.size());
  }

  private static byte[] entry(StreamMessage<byte[], byte[]> message) {
    Map<byte[], byte @Nullable []> body = message.getBody();
    // Entries have one field; one that somebody else added without it is unreadable, and kept.
    return body == null || body.isEmpty() ? new byte[0] : body.values().iterator().next();
  }

  private Timer timer(StreamMeter meter, StreamName stream) {
    return Timer.builder(meter.id())
        .description(meter.description())
        .tag("kind", stream.kind().label())
        .publishPercentileHistogram()
        .register(meters);
  }

  private void count(StreamMeter meter, StreamName stream, int count) {
    meters.counter(meter.id(), "stream", stream.key()).increment(count);
  }
}
