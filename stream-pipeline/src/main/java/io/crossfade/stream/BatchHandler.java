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
import io.crossfade.db.logging.OutageLog;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final OutageLog outage = new OutageLog(log, "Cannot write to the stream output");

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

  /** As {@link #handle(List, String, boolean, BooleanSupplier)}, of one stream. */
  Optional<CompletionStage<Long>> handle(
      EntryBatch batch, String consumer, boolean claimed, BooleanSupplier stopping)
      throws InterruptedException {
    return handle(List.of(batch), consumer, claimed, stopping);
  }

  /**
   * Commits the rows of batches that share them, or keeps trying while the database is the trouble.
   *
   * @param consumer who was given it
   * @return the entries' acknowledgement, on its way to Redis; empty when {@code stopping} while
   *     the database is away: then the entries stay pending and are claimed later
   */
  Optional<CompletionStage<Long>> handle(
      List<EntryBatch> batches, String consumer, boolean claimed, BooleanSupplier stopping)
      throws InterruptedException {
    List<Letter> letters = new ArrayList<>();
    Map<StreamName, List<String>> done = new LinkedHashMap<>();
    for (EntryBatch batch : batches) {
      count(claimed ? StreamMeter.CLAIMED : StreamMeter.READ, batch.stream(), batch.size());
      List<String> ids = new ArrayList<>(batch.ids());
      List<EntryBatch.Unreadable> unreadable = new ArrayList<>(batch.unreadable());
      unreadable.addAll(tooNew(batch, consumer, ids));
      if (!ids.isEmpty()) {
        done.put(batch.stream(), ids);
        letters.addAll(letters(batch.stream(), unreadable));
      }
    }
    if (done.isEmpty()) {
      return Optional.of(CompletableFuture.completedFuture(0L));
    }
    if (!commitWithRetries(batches, consumer, letters, stopping)) {
      return Optional.empty();
    }
    return done.entrySet().stream()
        .map(stream -> acknowledge(stream.getKey(), stream.getValue()))
        .reduce((one, other) -> one.thenCombine(other, Long::sum));
  }

  /**
   * Leaves entries of a newer definition to others.
   *
   * @param done where those are added for which there was time enough
   * @return these
   */
  private List<EntryBatch.Unreadable> tooNew(EntryBatch batch, String consumer, List<String> done) {
    List<EntryBatch.Unreadable> old = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (EntryBatch.Unreadable entry : batch.newer()) {
      if (isOld(entry)) {
        old.add(entry);
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
    return old;
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
      List<EntryBatch> batches, String consumer, List<Letter> unreadable, BooleanSupplier stopping)
      throws InterruptedException {
    StreamName stream = batches.getFirst().stream();
    RetryPause pauses = new RetryPause();
    WriteAttempts attempts = new WriteAttempts();
    while (true) {
      try {
        commit(batches, unreadable, attempts);
        outage.worked();
        return true;
      } catch (SQLException e) {
        // That the database is away is no fault of theirs.
        for (EntryBatch batch : batches) {
          if (!batch.ids().isEmpty()) {
            forgive(batch.stream(), batch.ids(), consumer);
          }
        }
        if (stopping.getAsBoolean()) {
          return false;
        }
        meters.counter(StreamMeter.RETRIES.id(), "kind", stream.kind().label()).increment();
        Duration pause = pauses.next();
        outage.failed(
            "%s, %d entries of %s, first %s"
                .formatted(
                    SqlFaults.describe(e),
                    batches.stream().mapToInt(EntryBatch::size).sum(),
                    batches.size() == 1 ? stream.key() : stream.whole(),
                    batches.getFirst().ids().getFirst()));
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
    }
  }

  private void commit(List<EntryBatch> batches, List<Letter> unreadable, WriteAttempts attempts)
      throws SQLException {
    // They are all of one kind, and of urgent records or of others: their metrics are the same.
    StreamName stream = batches.getFirst().stream();
    Output.Batch batch = batches.getFirst().batch();
    List<AcceptedRecord> records = batch.records();
    List<Letter> letters = new ArrayList<>(unreadable);
    if (settings.validateOnly()) {
      count(StreamMeter.VALIDATED, stream, records.size());
    } else if (!records.isEmpty()) {
      long begin = System.nanoTime();
      List<Output.Rejection> rejections = attempts.write(output, batch);
      timer(StreamMeter.WRITE, stream).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      Instant committed = clock.instant();
      rejections.forEach(rejection -> letters.add(rejected(batches, rejection)));
      count(StreamMeter.WRITTEN, stream, records.size() - rejections.size());
      Timer acceptToRow = timer(StreamMeter.ACCEPT_TO_ROW, stream);
      for (AcceptedRecord row : records) {
        acceptToRow.record(
            Duration.between(AcceptanceStamp.instantOf(row.acceptance().stamp()), committed));
      }
    }
    count(StreamMeter.DEAD, stream, deadLetters.keep(letters));
  }

  private Letter rejected(List<EntryBatch> batches, Output.Rejection rejection) {
    for (EntryBatch batch : batches) {
      Optional<String> id = batch.id(rejection.rejected());
      if (id.isPresent()) {
        log.warn(
            "Stream output refuses entry {} of {}: {}; put aside",
            id.get(),
            batch.stream().key(),
            rejection.reason());
        return Letter.rejected(
            Source.STREAM, rejection, groups.deliveries(batch.stream(), id.get()));
      }
    }
    throw new IllegalStateException("None of the records that were written was refused");
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
        .tag("stream", stream.whole())
        .register(meters)
        .increment(count);
  }
}
