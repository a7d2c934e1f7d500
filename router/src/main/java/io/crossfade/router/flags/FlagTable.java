package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.db.control.ControlTransactions.UnknownOutcomeException;
import io.crossfade.db.control.FlagSwitches;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionException;
import org.togglz.core.Feature;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.StateRepository;

/**
 * The flags in the control schema. Whatever changes them, an operator, the autopilot or Togglz' own
 * console, leaves a {@link RolloutChange} in the same transaction.
 */
public final class FlagTable implements FlagStore, StateRepository {

  private static final Logger log = LoggerFactory.getLogger(FlagTable.class);

  /** Somebody else changed the flags first. */
  public static final class StaleVersionException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final long current;

    StaleVersionException(long current) {
      super("The flags are at version " + current);
      this.current = current;
    }

    long current() {
      return current;
    }
  }

  /** What is written beside a change. */
  public record Note(
      Origin origin,
      String actor,
      String reason,
      @Nullable String ticket,
      boolean forced,
      String evidence) {}

  /** Clocks of routers differ a little: what was decided so soon after was not decided after. */
  static final Duration TOGETHER = Duration.ofSeconds(2);

  private final ControlTransactions transactions;
  private final FlagSwitches switches;
  private final RolloutHistory history;
  private final FlagRows rows;
  private final InstantSource clock;
  private final Supplier<String> togglzUser;

  /**
   * @param togglzUser who changes flags through Togglz, asked on his thread
   */
  public FlagTable(DataSource control, InstantSource clock, Supplier<String> togglzUser) {
    this.transactions = new ControlTransactions(control);
    this.switches = new FlagSwitches(control);
    this.history = new RolloutHistory(control);
    this.rows = new FlagRows(switches, history);
    this.clock = clock;
    this.togglzUser = togglzUser;
  }

  @Override
  public RolloutState read() {
    return transactions.in(() -> state(switches.version()));
  }

  @Override
  public RolloutState change(long expected, Map<Kind, KindFlags> changes, Note note) {
    String id = UUID.randomUUID().toString();
    try {
      return transactions.in(
          () -> {
            long version = switches.lockVersion();
            if (expected != version) {
              throw new StaleVersionException(version);
            }
            return record(state(version), changes, note, id, null);
          });
    } catch (UnknownOutcomeException e) {
      return outcome(id, e);
    }
  }

  /**
   * What became of a change whose commit was not answered. Asked behind the lock of the flags: a
   * commit that is still on its way is over then.
   */
  private RolloutState outcome(String id, UnknownOutcomeException unanswered) {
    Optional<RolloutState> made;
    try {
      made =
          transactions.in(
              () -> {
                long version = switches.lockVersion();
                return history.of(id).isEmpty() ? Optional.empty() : Optional.of(state(version));
              });
    } catch (DataAccessException | TransactionException e) {
      unanswered.addSuppressed(e);
      throw unanswered;
    }
    if (made.isEmpty()) {
      throw new DataAccessResourceFailureException("The change was not committed", unanswered);
    }
    log.warn("The commit of change {} was not answered; it is recorded", id);
    return made.get();
  }

  @Override
  public RolloutState initialise(KindFlags first) {
    Note note = new Note(Origin.INITIAL, "settings", "first start", null, false, "{}");
    return transactions.in(
        () -> {
          RolloutState now = state(switches.lockVersion());
          Map<Kind, KindFlags> fresh = new TreeMap<>();
          for (Kind kind : now.version() == 0 ? Kind.all() : rows.untold(now.unresolved())) {
            fresh.put(kind, first);
          }
          return fresh.isEmpty()
              ? now
              : record(now, fresh, note, UUID.randomUUID().toString(), null);
        });
  }

  @Override
  public Stored store(PendingChange change) {
    return transactions.in(
        () -> {
          RolloutState before = state(switches.lockVersion());
          List<RolloutChange> recorded = history.of(change.id());
          if (recorded.isEmpty()) {
            Map<Kind, KindFlags> wanted = new TreeMap<>(change.flags());
            for (Kind kind : change.flags().keySet()) {
              wanted.put(
                  kind,
                  change.wanted(
                      kind,
                      before.of(kind),
                      history.decidedSince(kind, change.decidedAt().plus(TOGETHER))));
            }
            record(before, wanted, change.note(), change.id(), change.decidedAt());
            recorded = history.of(change.id());
          }
          return stored(change, recorded);
        });
  }

  @Override
  public Optional<Stored> recorded(PendingChange change) {
    return transactions.in(
        () -> {
          List<RolloutChange> recorded = history.of(change.id());
          return recorded.isEmpty() ? Optional.empty() : Optional.of(stored(change, recorded));
        });
  }

  private Stored stored(PendingChange change, List<RolloutChange> recorded) {
    TreeSet<Kind> superseded = new TreeSet<>();
    for (RolloutChange kind : recorded) {
      if (!kind.after().equals(change.flags().get(kind.kind()))) {
        superseded.add(kind.kind());
      }
    }
    return new Stored(recorded.getFirst().version(), superseded, state(switches.version()));
  }

  @Override
  public List<RolloutChange> history(@Nullable Kind kind, int most) {
    return transactions.in(() -> history.newest(kind, most));
  }

  /** When a kind's flags became what they are; empty when they never changed. */
  public Optional<Instant> since(Kind kind) {
    return transactions.in(() -> history.since(kind));
  }

  @Override
  public @Nullable FeatureState getFeatureState(Feature feature) {
    RolloutFeature of = RolloutFeature.valueOf(feature.name());
    return transactions
        .in(() -> Optional.ofNullable(rows.read(of, switches.version())))
        .orElse(null);
  }

  /**
   * Togglz' console saves one feature at a time and asks for no reason.
   *
   * @throws IllegalArgumentException when the router could not use it
   */
  @Override
  public void setFeatureState(FeatureState state) {
    RolloutFeature feature = RolloutFeature.valueOf(state.getFeature().name());
    RolloutFeature.check(state);
    Note note =
        new Note(Origin.TOGGLZ, togglzUser.get(), "changed through Togglz", null, true, "{}");
    transactions.in(
        () -> {
          RolloutState before = state(switches.lockVersion());
          rows.store(state);
          recordStored(before, Set.of(feature.kind()), note, null, null);
          return before;
        });
  }

  private RolloutState state(long version) {
    FlagRows.Content content = rows.read(version);
    return new RolloutState(
        switches.system(), version, content.kinds(), content.aside(), content.unresolved());
  }

  private RolloutState record(
      RolloutState before,
      Map<Kind, KindFlags> changes,
      Note note,
      String decision,
      @Nullable Instant decidedAt) {
    changes.forEach((kind, flags) -> RolloutFeature.states(kind, flags).forEach(rows::store));
    return recordStored(before, changes.keySet(), note, decision, decidedAt);
  }

  private RolloutState recordStored(
      RolloutState before,
      Set<Kind> changed,
      Note note,
      @Nullable String decision,
      @Nullable Instant decidedAt) {
    switches.nextVersion();
    RolloutState after = state(before.version() + 1);
    Instant now = clock.instant();
    for (Kind kind : changed) {
      history.add(
          new RolloutChange(
              after.version(),
              now,
              kind,
              note.origin(),
              note.actor(),
              note.reason(),
              note.ticket(),
              note.forced(),
              before.of(kind),
              after.of(kind),
              note.evidence(),
              decision,
              decidedAt));
    }
    return after;
  }
}
