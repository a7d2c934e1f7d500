package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.FlagStore;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.PendingChange;
import io.crossfade.router.flags.RolloutChange;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.rollout.RollbackReceipt.Applied;
import io.crossfade.router.rollout.RollbackReceipt.InFlight;
import io.crossfade.router.routing.RollbackWatch;
import io.crossfade.stream.StreamHealth;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The one switch. Counts on this router before anything is asked of a server, so that it works with
 * Redis and with MySQL stopped; consumers go on, so that nothing is stranded.
 */
public final class Rollback {

  private static final Logger log = LoggerFactory.getLogger(Rollback.class);

  /** How long an answer waits for the other routers. */
  private static final Duration PATIENCE = Duration.ofMillis(1_500);

  private static final long LOOK_AGAIN_MS = 50;
  private static final int RECEIPTS = 100;
  private static final long NOT_YET = -1;

  /** A rollback that this router was asked for. */
  private record Known(
      String id,
      Instant at,
      String actor,
      String reason,
      Map<Kind, KindFlags> before,
      Map<Kind, KindFlags> after,
      RollbackWatch.Wait firstLegacy,
      List<InFlight> inFlight,
      AtomicLong drainedMillis) {}

  private final RolloutFlags flags;
  private final FlagTable table;
  private final Instances instances;
  private final RollbackWatch watch;
  private final StreamHealth streams;
  private final RollbackReceipts receipts;
  private final InstantSource clock;
  private final Map<String, Known> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
              return size() > RECEIPTS;
            }
          });

  public Rollback(
      RolloutFlags flags,
      FlagTable table,
      Instances instances,
      RollbackWatch watch,
      StreamHealth streams,
      RollbackReceipts receipts,
      InstantSource clock) {
    this.flags = flags;
    this.table = table;
    this.instances = instances;
    this.watch = watch;
    this.streams = streams;
    this.receipts = receipts;
    this.clock = clock;
  }

  /**
   * Sends the devices of these kinds back to the memory queue, whose copies go on to the stream.
   * When no device is served by the stream, the copies end instead. Either way clients that ask for
   * the stream are not heeded any longer, until somebody switches the opt-in on again.
   *
   * @param to how far: then it can be asked for again, and goes no further; {@code null} for one
   *     step from where the kinds are
   */
  public RollbackReceipt roll(
      Set<Kind> kinds, @Nullable Stage to, Origin origin, String actor, String reason) {
    RolloutState state = flags.state();
    Map<Kind, KindFlags> before = new TreeMap<>();
    kinds.forEach(kind -> before.put(kind, state.of(kind)));
    Map<Kind, KindFlags> after = to == null ? state.rolledBack(kinds) : state.rolledBack(kinds, to);
    if (after.isEmpty()) {
      return alreadyThere(before, actor, reason);
    }
    RollbackWatch.Wait firstLegacy = watch.await(before);
    PendingChange change =
        new PendingChange(
            UUID.randomUUID().toString(),
            clock.instant(),
            after,
            new FlagTable.Note(origin, actor, reason, null, false, "{}"));
    boolean onDisk = flags.override(change);
    if (!onDisk) {
      log.warn("Rollback {} is in memory only until it is stored", change.id());
    }
    log.warn("Rollback of {} by {}: {}", kinds, actor, reason);
    Known rollback =
        new Known(
            change.id(),
            change.decidedAt(),
            actor,
            reason,
            before,
            after,
            firstLegacy,
            inFlight(),
            new AtomicLong(NOT_YET));
    known.put(rollback.id(), rollback);
    return awaitInstances(rollback);
  }

  /**
   * Of a rollback that was asked for again, the receipt of the one that was not answered, by
   * whichever router: whether it is stored, and what was on its way. Where no rollback led there,
   * nothing was changed, which no receipt is kept of.
   */
  private RollbackReceipt alreadyThere(Map<Kind, KindFlags> now, String actor, String reason) {
    Optional<String> made = made(now);
    Known own = made.map(known::get).orElse(null);
    if (own != null) {
      return awaitInstances(own);
    }
    Optional<RollbackReceipt> others = made.flatMap(receipts::find);
    if (others.isPresent()) {
      return others.get();
    }
    long version = flags.state().version();
    return new RollbackReceipt(
        null,
        clock.instant(),
        actor,
        reason,
        now,
        Map.of(),
        !flags.overridden(),
        version,
        applied(version),
        null,
        List.of(),
        true,
        null,
        List.of("It was there already: nothing was changed, so there is no receipt to ask for."));
  }

  /**
   * The rollback by which kinds are where they are: the one that waits here, else their newest
   * change if it is one; while the history cannot be read, one of this router that led there.
   */
  private Optional<String> made(Map<Kind, KindFlags> now) {
    Optional<String> ledThere =
        List.copyOf(known.values()).reversed().stream()
            .filter(rollback -> now.entrySet().containsAll(rollback.after().entrySet()))
            .map(Known::id)
            .findFirst();
    if (ledThere.isPresent() && flags.settled(ledThere.get()).isEmpty()) {
      return ledThere;
    }
    try {
      return now.keySet().stream()
          .flatMap(kind -> table.history(kind, 1).stream())
          .max(Comparator.comparing(RolloutChange::version))
          .filter(change -> change.origin() == Origin.ROLLBACK)
          .map(RolloutChange::decision);
    } catch (DataAccessException | TransactionException e) {
      log.debug("Whether it was a rollback is not known now: {}", e.getMessage());
      return ledThere;
    }
  }

  /** What became of a rollback; empty when no router knows it. */
  public Optional<RollbackReceipt> receipt(String id) {
    Known rollback = known.get(id);
    return rollback == null ? receipts.find(id) : Optional.of(receipt(rollback));
  }

  /** Takes over what waited when this router was stopped, so that its receipts go on. */
  public void takeOver() {
    RolloutState state = flags.state();
    for (PendingChange change : flags.waiting()) {
      if (change.note().origin() == Origin.ROLLBACK) {
        Map<Kind, KindFlags> before = new TreeMap<>();
        change.flags().keySet().forEach(kind -> before.put(kind, state.of(kind)));
        known.put(
            change.id(),
            new Known(
                change.id(),
                change.decidedAt(),
                change.note().actor(),
                change.note().reason(),
                before,
                change.flags(),
                watch.await(before),
                List.of(),
                new AtomicLong(NOT_YET)));
      }
    }
  }

  /** Brings the kept receipts of this router up to date. */
  void keepReceipts() {
    for (Known rollback : List.copyOf(known.values())) {
      RollbackReceipt kept = receipts.find(rollback.id()).orElse(null);
      if (kept == null || kept.drainedMillis() == null || kept.firstLegacyMillis() == null) {
        receipts.keep(receipt(rollback));
      }
    }
  }

  private RollbackReceipt awaitInstances(Known rollback) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    RollbackReceipt receipt = receipt(rollback);
    try {
      while (System.nanoTime() < end
          && !(receipt.stored() && receipt.instances().stream().allMatch(Applied::applied))) {
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
        receipt = receipt(rollback);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return receipt;
  }

  private RollbackReceipt receipt(Known rollback) {
    FlagStore.Stored stored = flags.settled(rollback.id()).orElse(null);
    OptionalLong first = rollback.firstLegacy().millis();
    List<String> notes = new ArrayList<>();
    if (stored == null) {
      notes.add(
          flags.kept(rollback.id())
              ? "It is on this router's disk, too."
              : "It is not on this router's disk: one that is started again before MySQL is back"
                  + " does not know of it.");
      notes.add(
          "MySQL does not answer: this router has rolled back, the others have not heard of it."
              + " Ask each of them; it is stored as soon as MySQL is back.");
    } else if (!stored.superseded().isEmpty()) {
      notes.add(
          "Somebody changed %s after this rollback and before it could be stored; that counts."
              .formatted(stored.superseded().stream().map(Kind::label).toList()));
    }
    if (rollback.inFlight().isEmpty()) {
      notes.add(
          "Redis does not answer: what its streams hold is drained by the consumers once it is"
              + " back.");
    }
    rollback.before().forEach((kind, flags) -> lacking(kind, flags).ifPresent(notes::add));
    List<String> optedIn =
        rollback.after().entrySet().stream()
            .filter(after -> !after.getValue().optIn())
            .map(Map.Entry::getKey)
            .filter(kind -> Objects.requireNonNull(rollback.before().get(kind)).optIn())
            .map(Kind::label)
            .toList();
    if (!optedIn.isEmpty()) {
      notes.add(
          ("Clients of _v2 endpoints go as all others do from here on (%s). They get the stream by"
                  + " their own choice again when somebody switches the opt-in on, and by no change"
                  + " of stage.")
              .formatted(String.join(", ", optedIn)));
    }
    Boolean drained = drained(rollback.inFlight());
    if (Boolean.TRUE.equals(drained)) {
      rollback
          .drainedMillis()
          .compareAndSet(NOT_YET, Duration.between(rollback.at(), clock.instant()).toMillis());
    }
    long drainedMillis = rollback.drainedMillis().get();
    return new RollbackReceipt(
        rollback.id(),
        rollback.at(),
        rollback.actor(),
        rollback.reason(),
        rollback.before(),
        rollback.after(),
        stored != null,
        stored == null ? null : stored.version(),
        stored == null ? List.of(new Applied(instances.self(), true)) : applied(stored.version()),
        first.isPresent() ? first.getAsLong() : null,
        rollback.inFlight(),
        drainedMillis == NOT_YET ? drained : Boolean.TRUE,
        drainedMillis == NOT_YET ? null : drainedMillis,
        notes);
  }

  /** What the legacy output has not, because nothing was written twice. */
  private static Optional<String> lacking(Kind kind, KindFlags flags) {
    return switch (flags.stage()) {
      case COMPLETE, NONE ->
          Optional.of(
              "%s: nothing was written twice before, so the legacy output lacks what the stream served."
                  .formatted(kind.label()));
      case LEGACY ->
          flags.optIn()
              ? Optional.of(
                  "%s: nothing was written twice before, so the legacy output lacks what clients of _v2 endpoints sent, if any did."
                      .formatted(kind.label()))
              : Optional.empty();
      case SHADOW, CANARY, LIVE -> Optional.empty();
    };
  }

  private List<Applied> applied(long version) {
    try {
      return instances.up().stream()
          .map(
              up ->
                  new Applied(
                      up.instance(),
                      up.instance().equals(instances.self()) || up.version() >= version))
          .toList();
    } catch (DataAccessException | TransactionException e) {
      return List.of(new Applied(instances.self(), true));
    }
  }

  private List<InFlight> inFlight() {
    try {
      return streams.stats().stream()
          .map(
              stats ->
                  new InFlight(stats.stream(), stats.lag() + stats.pending(), stats.lastEntry()))
          .toList();
    } catch (RedisException e) {
      return List.of();
    }
  }

  private @Nullable Boolean drained(List<InFlight> inFlight) {
    if (inFlight.isEmpty()) {
      return null;
    }
    try {
      List<StreamHealth.Stats> now = streams.stats();
      return inFlight.stream()
          .allMatch(
              then -> {
                String last = then.lastEntry();
                return last == null
                    || now.stream()
                        .filter(stats -> stats.stream().equals(then.stream()))
                        .allMatch(stats -> stats.committed(last));
              });
    } catch (RedisException e) {
      return null;
    }
  }
}
