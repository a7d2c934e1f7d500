package io.crossfade.stream;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Output;
import io.crossfade.db.RetryPause;
import io.crossfade.db.SqlFaults;
import io.crossfade.db.WriteAttempts;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisException;
import io.lettuce.core.XClaimArgs;
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
import java.util.concurrent.CompletableFuture;
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

  /** How long an entry waits for a process that knows all of its fields. */
  private static final Duration NEWER_WITHIN = Duration.ofHours(1);

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
   * Commits the rows of a batch, or keeps trying while the database is the trouble.
   *
   * @param consumer who was given it
   * @return the entries' acknowledgement, on its way to Redis; empty when {@code stopping} while
   *     the database is away: then the entries stay pending and are claimed later
   */
  Optional<CompletionStage<Long>> handle(
      EntryBatch batch, String consumer, boolean claimed, BooleanSupplier stopping)
      throws InterruptedException {
    count(claimed ? StreamMeter.CLAIMED : StreamMeter.READ, batch.stream(), batch.size());
    List<EntryBatch.Unreadable> unreadable = new ArrayList<>(batch.unreadable());
    List<String> done = new ArrayList<>(batch.ids());
    List<String> left = new ArrayList<>();
    for (EntryBatch.Unreadable entry : batch.newer()) {
      if (isOld(entry)) {
        unreadable.add(entry);
        done.add(entry.id());
      } else {
        left.add(entry.id());
        log.warn(
            "Entry {} of {} is left to a newer process: {}",
            entry.id(),
            batch.stream().key(),
            entry.reason());
      }
    }
    if (!left.isEmpty()) {
      forgive(batch.stream(), left, consumer);
    }
    if (done.isEmpty()) {
      return Optional.of(CompletableFuture.completedFuture(0L));
    }
    List<Letter> letters = letters(batch.stream(), unreadable);
    if (!commitWithRetries(batch, consumer, letters, stopping)) {
      return Optional.empty();
    }
    return Optional.of(acknowledge(batch.stream(), done));
  }

  /**
   * Keeps an entry in the dead letters that was delivered too often, as it lies in the stream:
   * whatever it does to who decodes it, it does no more.
   *
   * @param entry empty when it is not in the stream any more
   */
  CompletionStage<Long> putAside(
      StreamName stream, String id, Optional<ClippedEntry> entry, long deliveries)
      throws SQLException {
    if (entry.isPresent()) {
      String reason = "Delivered %d times and never acknowledged".formatted(deliveries);
      log.warn("Entry {} of {}: {}; put aside", id, stream.key(), reason);
      int kept =
          deadLetters.keep(
              List.of(entry.get().letter(stream.kind(), reason, Math.toIntExact(deliveries))));
      count(StreamMeter.DEAD, stream, kept);
    }
    return acknowledge(stream, List.of(id));
  }

  private CompletionStage<Long> acknowledge(StreamName stream, List<String> ids) {
    return links
        .binary()
        .xack(
            settings.key(stream).getBytes(StandardCharsets.UTF_8),
            StreamSettings.GROUP.getBytes(StandardCharsets.UTF_8),
            ids.toArray(String[]::new));
  }

  /** Whether an entry has waited for a newer process for so long that none will come. */
  private boolean isOld(EntryBatch.Unreadable entry) {
    return EntryId.parse(entry.id()).instant().plus(NEWER_WITHIN).isBefore(clock.instant());
  }

  /** What was tried through no fault of the entries does not count as a delivery that failed. */
  private void forgive(StreamName stream, List<String> ids, String consumer) {
    try {
      links
          .binary()
          .xclaim(
              StreamReader.bytes(settings.key(stream)),
              Consumer.from(StreamReader.bytes(StreamSettings.GROUP), StreamReader.bytes(consumer)),
              new XClaimArgs().justid().retryCount(1),
              ids.toArray(String[]::new));
    } catch (RedisException e) {
      log.debug("Cannot keep what {} has: {}", consumer, e.getMessage());
    }
  }

  private List<Letter> letters(StreamName stream, List<EntryBatch.Unreadable> unreadable) {
    List<Letter> letters = new ArrayList<>();
    for (EntryBatch.Unreadable entry : unreadable) {
      log.warn("Cannot read entry {} of {}: {}", entry.id(), stream.key(), entry.reason());
      letters.add(
          Letter.unreadable(
              Source.STREAM,
              stream.kind(),
              entry.reason(),
              groups.deliveries(stream, entry.id()),
              entry.format(),
              entry.bytes()));
    }
    return letters;
  }

  private boolean commitWithRetries(
      EntryBatch batch, String consumer, List<Letter> unreadable, BooleanSupplier stopping)
      throws InterruptedException {
    RetryPause pauses = new RetryPause();
    WriteAttempts attempts = new WriteAttempts();
    while (true) {
      try {
        commit(batch, unreadable, attempts);
        return true;
      } catch (SQLException e) {
        // That the database is away is no fault of theirs.
        forgive(batch.stream(), batch.ids(), consumer);
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

  private void commit(EntryBatch batch, List<Letter> unreadable, WriteAttempts attempts)
      throws SQLException {
    StreamName stream = batch.stream();
    List<AcceptedRecord> records = batch.batch().records();
    List<Letter> letters = new ArrayList<>(unreadable);
    if (settings.validateOnly()) {
      count(StreamMeter.VALIDATED, stream, records.size());
    } else if (!records.isEmpty()) {
      long begin = System.nanoTime();
      List<Output.Rejection> rejections = attempts.write(output, batch.batch());
      timer(StreamMeter.WRITE, stream).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      Instant committed = clock.instant();
      for (Output.Rejection rejection : rejections) {
        String id = batch.id(rejection.rejected());
        log.warn(
            "Stream output refuses entry {} of {}: {}; put aside",
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
    count(StreamMeter.DEAD, stream, deadLetters.keep(letters));
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
