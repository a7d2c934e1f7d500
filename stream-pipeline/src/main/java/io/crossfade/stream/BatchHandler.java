package io.crossfade.stream;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeadLetters;
import io.crossfade.db.DeadLetters.BodyFormat;
import io.crossfade.db.DeadLetters.Letter;
import io.crossfade.db.DeadLetters.Source;
import io.crossfade.db.Output;
import io.crossfade.db.RetryPause;
import io.crossfade.db.SqlFaults;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a batch of entries into rows: commit, then acknowledge. What could not be decoded or is
 * refused by the output goes to the dead letters before it is acknowledged.
 */
final class BatchHandler {

  private static final Logger log = LoggerFactory.getLogger(BatchHandler.class);

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
   * Commits the rows of a batch, or keeps trying.
   *
   * @return the entries' acknowledgement, on its way to Redis; empty when {@code stopping} while
   *     the database is away: then the entries stay pending and are claimed later
   */
  Optional<CompletionStage<Long>> handle(
      EntryBatch batch, boolean claimed, BooleanSupplier stopping) throws InterruptedException {
    count(claimed ? StreamMeter.CLAIMED : StreamMeter.READ, batch.stream(), batch.size());
    List<Letter> letters = letters(batch);
    if (!commitWithRetries(batch, letters, stopping)) {
      return Optional.empty();
    }
    return Optional.of(
        links
            .binary()
            .xack(
                settings.key(batch.stream()).getBytes(StandardCharsets.UTF_8),
                StreamSettings.GROUP.getBytes(StandardCharsets.UTF_8),
                batch.ids().toArray(String[]::new)));
  }

  private List<Letter> letters(EntryBatch batch) {
    List<Letter> letters = new ArrayList<>();
    for (EntryBatch.Unreadable entry : batch.unreadable()) {
      log.warn("Cannot read entry {} of {}: {}", entry.id(), batch.stream().key(), entry.reason());
      letters.add(
          Letter.unreadable(
              Source.STREAM,
              batch.stream().kind(),
              entry.reason(),
              groups.deliveries(batch.stream(), entry.id()),
              BodyFormat.ENTRY,
              entry.bytes()));
    }
    return letters;
  }

  private boolean commitWithRetries(
      EntryBatch batch, List<Letter> unreadable, BooleanSupplier stopping)
      throws InterruptedException {
    RetryPause pauses = new RetryPause();
    while (true) {
      try {
        commit(batch, unreadable);
        return true;
      } catch (SQLException | RuntimeException e) {
        if (stopping.getAsBoolean()) {
          return false;
        }
        meters.counter(StreamMeter.RETRIES.id(), "kind", batch.stream().kind().label()).increment();
        Duration pause = pauses.next();
        log.warn(
            "Cannot write {} entries of {}: {}; trying again in {} ms",
            batch.size(),
            batch.stream().key(),
            SqlFaults.describe(e),
            pause.toMillis());
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
    }
  }

  private void commit(EntryBatch batch, List<Letter> unreadable) throws SQLException {
    StreamName stream = batch.stream();
    List<AcceptedRecord> records = batch.batch().records();
    List<Letter> letters = new ArrayList<>(unreadable);
    if (settings.validateOnly()) {
      count(StreamMeter.VALIDATED, stream, records.size());
    } else if (!records.isEmpty()) {
      long begin = System.nanoTime();
      List<Output.Rejection> rejections = output.writeIsolating(batch.batch());
      timer(StreamMeter.WRITE, stream).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      Instant committed = clock.instant();
      for (Output.Rejection rejection : rejections) {
        String id = batch.id(rejection.rejected());
        log.warn(
            "Stream output refuses entry {} of {}: {}; kept in the dead letters",
            id,
            stream.key(),
            rejection.reason());
        letters.add(Letter.rejected(Source.STREAM, rejection, groups.deliveries(stream, id)));
      }
      count(StreamMeter.WRITTEN, stream, records.size() - rejections.size());
      Timer acceptToRow = timer(StreamMeter.ACCEPT_TO_ROW, stream);
      for (AcceptedRecord row : records) {
        acceptToRow.record(
            Duration.between(AcceptanceStamp.instantOf(row.acceptance().stamp()), committed));
      }
    }
    deadLetters.keep(letters);
    count(StreamMeter.DEAD, stream, letters.size());
  }

  private Timer timer(StreamMeter meter, StreamName stream) {
    return Timer.builder(meter.id())
        .description(meter.description())
        .tag("kind", stream.kind().label())
        .publishPercentileHistogram()
        .register(meters);
  }

  private void count(StreamMeter meter, StreamName stream, int count) {
    Counter.builder(meter.id())
        .description(meter.description())
        .tag("stream", stream.key())
        .register(meters)
        .increment(count);
  }
}
