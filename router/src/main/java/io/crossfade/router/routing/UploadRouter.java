package io.crossfade.router.routing;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RouteReason;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.accounting.AcceptanceJournal;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.flags.Assignment;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.paths.GuardedStreamPath;
import io.crossfade.router.paths.StreamUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the records of an upload down the path that serves them and, while dual write is on, down
 * the other.
 */
public final class UploadRouter {

  private static final Logger log = LoggerFactory.getLogger(UploadRouter.class);

  /**
   * How long after a change of the flags a record may be routed by the former ones: half of what
   * their history allows for; the other half is for clocks that differ.
   */
  private static final Duration HEEDED = Duration.ofSeconds(1);

  /**
   * What became of an upload.
   *
   * @param accepted whether every record was taken by its serving path
   * @param streamIds ids of the entries, for the records that the stream served
   */
  public record Outcome(boolean accepted, List<String> streamIds) {}

  private final RolloutFlags flags;
  private final LegacyPath legacy;
  private final GuardedStreamPath stream;
  private final Duration patience;
  private final MirrorLedger ledger;
  private final RollbackWatch rollbacks;
  private final RoutingCounters counters;
  private final @Nullable AcceptanceJournal journal;
  private final BooleanSupplier legacySeen;
  private final InstantSource clock;

  /**
   * @param legacySeen whether this process has ever seen the database behind the memory queue.
   *     Before that a record in memory would be promised to nobody; afterwards the queue bridges
   *     the time in which it is away
   */
  public UploadRouter(
      RolloutFlags flags,
      LegacyPath legacy,
      GuardedStreamPath stream,
      MirrorLedger ledger,
      RollbackWatch rollbacks,
      Duration patience,
      @Nullable AcceptanceJournal journal,
      BooleanSupplier legacySeen,
      InstantSource clock,
      MeterRegistry meters) {
    this.flags = flags;
    this.legacy = legacy;
    this.stream = stream;
    this.ledger = ledger;
    this.rollbacks = rollbacks;
    this.patience = patience;
    this.journal = journal;
    this.legacySeen = legacySeen;
    this.clock = clock;
    this.counters = new RoutingCounters(meters);
  }

  /**
   * Routes all records of an upload and waits until their serving paths have them.
   *
   * @param asked whether the client asked for the stream; heeded while the opt-in of the kind is on
   */
  public Outcome route(List<AcceptedRecord> records, boolean asked) {
    boolean accepted = true;
    List<String> streamIds = new ArrayList<>();
    for (Map.Entry<Share, List<AcceptedRecord>> share : shares(records, asked).entrySet()) {
      accepted &= route(share.getKey(), share.getValue(), asked, streamIds);
    }
    return new Outcome(accepted, streamIds);
  }

  /** Whether the memory queue serves nobody yet, for its database was never seen. */
  public boolean isStarting() {
    return !legacySeen.getAsBoolean();
  }

  /**
   * Records of an upload that go the same way: an upload may hold those of many devices.
   *
   * @param optIn whether that the client asked for the stream counts
   */
  private record Share(Kind kind, Assignment assignment, boolean optIn) {}

  private Map<Share, List<AcceptedRecord>> shares(List<AcceptedRecord> records, boolean asked) {
    if (records.size() == 1) {
      return Map.of(share(records.getFirst(), asked), records);
    }
    Map<Share, List<AcceptedRecord>> shares = new LinkedHashMap<>();
    for (AcceptedRecord accepted : records) {
      shares.computeIfAbsent(share(accepted, asked), share -> new ArrayList<>()).add(accepted);
    }
    return shares;
  }

  private Share share(AcceptedRecord accepted, boolean asked) {
    KindFlags of = flags.of(accepted.kind());
    return new Share(accepted.kind(), of.assignment(accepted, asked), asked && of.optIn());
  }

  private boolean route(
      Share share, List<AcceptedRecord> records, boolean asked, List<String> streamIds) {
    Kind kind = share.kind();
    Route route = RoutingPolicy.decide(share.assignment(), share.optIn(), stream.available());
    if (!share.assignment().mirrored()) {
      noteWhatIsLate(route.mirror(), records);
    }
    boolean accepted =
        switch (route.serving()) {
          case LEGACY -> {
            boolean taken =
                offer(
                    kind,
                    because(records, route.reason()),
                    asked,
                    route.reason(),
                    route.mirrored());
            // Also after a refusal: the mirror does not depend on the serving path, nor this on it.
            if (route.mirrored()) {
              mirrorToStream(kind, records);
            }
            yield taken;
          }
          case STREAM -> append(kind, because(records, route.reason()), asked, route, streamIds);
        };
    if (!accepted) {
      counters.refused(kind, records.size());
    }
    return accepted;
  }

  /**
   * By flags that this router has not read for long, or longer after the acceptance than anybody
   * expects, as in a process that was suspended, a record may go one way though all say that it
   * went both. So its copy counts as dropped; that it was never meant to be does no harm.
   */
  private void noteWhatIsLate(DeliveryPath without, List<AcceptedRecord> records) {
    Instant expected = clock.instant().minus(HEEDED);
    boolean stale = flags.age().compareTo(HEEDED) > 0;
    List<AcceptedRecord> late =
        records.stream()
            .filter(
                record ->
                    stale
                        || AcceptanceStamp.instantOf(record.acceptance().stamp())
                            .isBefore(expected))
            .toList();
    ledger.dropped(without, late);
  }

  private boolean append(
      Kind kind, List<AcceptedRecord> records, boolean asked, Route route, List<String> streamIds) {
    try {
      streamIds.addAll(stream.append(records));
      accepted(DeliveryPath.STREAM, records);
      counters.routed(kind, DeliveryPath.STREAM, route.reason(), records.size());
      if (route.mirrored()) {
        mirrorToLegacy(kind, records);
      }
      return true;
    } catch (StreamUnavailableException e) {
      log.debug(
          "Cannot append {} {} records, first {}: {}; trying the memory queue",
          records.size(),
          kind.label(),
          records.getFirst().acceptance().id(),
          e.getMessage());
      // The entries may be in the stream all the same: ids and stamps stay, so no row comes twice.
      RouteReason reason = RoutingPolicy.FALLBACK.reason();
      return offer(kind, because(records, reason), asked, reason, true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ledger.refused(DeliveryPath.LEGACY, records);
      return false;
    }
  }

  /**
   * @param elsewhere whether the stream may have the records all the same, and so the row that this
   *     output lacks until the device has sent it again
   */
  private boolean offer(
      Kind kind,
      List<AcceptedRecord> records,
      boolean asked,
      RouteReason reason,
      boolean elsewhere) {
    int taken = legacySeen.getAsBoolean() ? legacy.offer(kind, records, patience) : 0;
    if (taken < records.size()) {
      if (elsewhere) {
        ledger.refused(DeliveryPath.LEGACY, records.subList(taken, records.size()));
      }
      return false;
    }
    accepted(DeliveryPath.LEGACY, records);
    counters.routed(kind, DeliveryPath.LEGACY, reason, records.size());
    rollbacks.servedByLegacy(records, asked);
    return true;
  }

  private void mirrorToStream(Kind kind, List<AcceptedRecord> records) {
    stream.mirror(
        because(records, RouteReason.MIRROR),
        (copies, taken) -> mirrored(kind, DeliveryPath.STREAM, copies, taken ? copies.size() : 0));
  }

  /** What finds no room at once waits for it as a served record does, and delays nobody. */
  private void mirrorToLegacy(Kind kind, List<AcceptedRecord> records) {
    List<AcceptedRecord> copies = because(records, RouteReason.MIRROR);
    int taken = legacy.offer(kind, copies, Duration.ZERO);
    mirrored(kind, DeliveryPath.LEGACY, copies.subList(0, taken), taken);
    if (taken < copies.size()) {
      List<AcceptedRecord> rest = copies.subList(taken, copies.size());
      legacy.offerLater(
          kind, rest, patience, later -> mirrored(kind, DeliveryPath.LEGACY, rest, later));
    }
  }

  private void mirrored(Kind kind, DeliveryPath path, List<AcceptedRecord> records, int taken) {
    accepted(path, records.subList(0, taken));
    counters.mirrored(RouterMeter.MIRRORED, kind, path, taken);
    if (taken < records.size()) {
      counters.mirrored(RouterMeter.MIRROR_DROPPED, kind, path, records.size() - taken);
      ledger.dropped(path, records.subList(taken, records.size()));
    }
  }

  /** Before the device is answered: what it is told must be on record. */
  private void accepted(DeliveryPath path, List<? extends AcceptedRecord> records) {
    if (journal != null) {
      journal.accepted(path, records);
    }
  }

  private static List<AcceptedRecord> because(List<AcceptedRecord> records, RouteReason reason) {
    return records.getFirst().acceptance().reason() == reason
        ? records
        : records.stream().map(accepted -> accepted.because(reason)).toList();
  }
}
