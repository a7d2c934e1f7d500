package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.FlagTable.Note;
import io.crossfade.router.flags.FlagTable.StaleVersionException;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Flags in memory that behave as {@link FlagTable}, with outages at will. */
final class SimulatedFlagStore implements FlagStore {

  /** What a call goes through; may throw, and may do something else in between. */
  interface Link {

    <T> T call(boolean writes, Supplier<T> transaction);
  }

  private static final Link DIRECT =
      new Link() {
        @Override
        public <T> T call(boolean writes, Supplier<T> transaction) {
          return transaction.get();
        }
      };

  /** What every router of the system sees, whatever its link. */
  static final class Database {

    private final List<RolloutChange> changes = new ArrayList<>();
    private final Set<Kind> damaged = new TreeSet<>();
    private final Set<Kind> unresolved = new TreeSet<>();
    private RolloutState state = new RolloutState("one", 0, Map.of());

    /** As it can be read: of damaged kinds what was recorded last, or nothing. */
    RolloutState state() {
      TreeMap<Kind, KindFlags> usable = new TreeMap<>(state.kinds());
      unresolved.forEach(usable::remove);
      return new RolloutState(
          state.system(),
          state.version(),
          usable,
          damaged.stream()
              .map(kind -> new Aside(RolloutFeature.stream(kind).name(), kind, "damaged", null))
              .toList(),
          unresolved);
    }

    /** As it was switched. */
    RolloutState switched() {
      return state;
    }

    /** Makes the rows of a kind unusable, and its newest record perhaps. */
    void damage(Kind kind, boolean recordToo) {
      damaged.add(kind);
      if (recordToo) {
        unresolved.add(kind);
      }
    }

    void heal() {
      damaged.clear();
      unresolved.clear();
    }

    boolean resolved() {
      return unresolved.isEmpty();
    }

    /** Oldest first. */
    List<RolloutChange> changes() {
      return List.copyOf(changes);
    }

    /** Forgets everything after a version, as a backup does. */
    void goBack(RolloutState then) {
      state = then;
      changes.removeIf(change -> change.version() > then.version());
    }

    /** Another database takes the place of this one. */
    void replace(String system) {
      state = new RolloutState(system, 0, Map.of());
      changes.clear();
    }
  }

  private final Database database;
  private final InstantSource clock;
  private final Link link;

  SimulatedFlagStore(Database database, InstantSource clock) {
    this(database, clock, DIRECT);
  }

  SimulatedFlagStore(Database database, InstantSource clock, Link link) {
    this.database = database;
    this.clock = clock;
    this.link = link;
  }

  @Override
  public RolloutState read() {
    return link.call(false, database::state);
  }

  @Override
  public RolloutState initialise(KindFlags first) {
    return link.call(
        true,
        () -> {
          if (database.state.version() > 0) {
            return database.state();
          }
          TreeMap<Kind, KindFlags> all = new TreeMap<>();
          for (Kind kind : Kind.values()) {
            all.put(kind, first);
          }
          return record(
              all, new Note(Origin.INITIAL, "settings", "first start", null, false, "{}"), null);
        });
  }

  @Override
  public RolloutState change(long expected, Map<Kind, KindFlags> changes, Note note) {
    return link.call(
        true,
        () -> {
          if (database.state.version() != expected) {
            throw new StaleVersionException(database.state.version());
          }
          return record(changes, note, null);
        });
  }

  /** As Togglz' console does, which knows no versions. */
  RolloutState changeThroughTogglz(Kind kind, UnaryOperator<KindFlags> flags) {
    return link.call(
        true,
        () ->
            record(
                Map.of(kind, flags.apply(database.state.of(kind))),
                new Note(Origin.TOGGLZ, "somebody", "changed through Togglz", null, true, "{}"),
                null));
  }

  @Override
  public Stored store(PendingChange change) {
    return link.call(
        true,
        () -> {
          if (recorded(change.id()).isEmpty()) {
            Map<Kind, KindFlags> wanted = new TreeMap<>(change.flags());
            for (Kind kind : change.flags().keySet()) {
              List<RolloutChange> since =
                  database.changes.stream()
                      .filter(
                          other ->
                              other.kind() == kind
                                  && other.origin().person()
                                  && other
                                      .decided()
                                      .isAfter(change.decidedAt().plus(FlagTable.TOGETHER)))
                      .toList();
              wanted.put(kind, change.wanted(kind, database.state.of(kind), since));
            }
            record(wanted, change.note(), change);
          }
          return stored(change);
        });
  }

  @Override
  public Optional<Stored> recorded(PendingChange change) {
    return link.call(
        false,
        () -> recorded(change.id()).isEmpty() ? Optional.empty() : Optional.of(stored(change)));
  }

  private Stored stored(PendingChange change) {
    Set<Kind> superseded = new TreeSet<>();
    for (RolloutChange of : recorded(change.id())) {
      if (!of.after().equals(change.flags().get(of.kind()))) {
        superseded.add(of.kind());
      }
    }
    return new Stored(recorded(change.id()).getFirst().version(), superseded, database.state());
  }

  @Override
  public List<RolloutChange> history(@Nullable Kind kind, int most) {
    return link.call(
        false,
        () ->
            database.changes.reversed().stream()
                .filter(change -> kind == null || change.kind() == kind)
                .limit(most)
                .toList());
  }

  private List<RolloutChange> recorded(String decision) {
    return database.changes.stream().filter(c -> decision.equals(c.decision())).toList();
  }

  private RolloutState record(
      Map<Kind, KindFlags> changes, Note note, @Nullable PendingChange decision) {
    RolloutState before = database.state;
    RolloutState with = before.with(changes);
    RolloutState after = new RolloutState(before.system(), before.version() + 1, with.kinds());
    database.state = after;
    database.damaged.removeAll(changes.keySet());
    database.unresolved.removeAll(changes.keySet());
    changes.forEach(
        (kind, flags) ->
            database.changes.add(
                new RolloutChange(
                    after.version(),
                    clock.instant(),
                    kind,
                    note.origin(),
                    note.actor(),
                    note.reason(),
                    note.ticket(),
                    note.forced(),
                    before.of(kind),
                    flags,
                    note.evidence(),
                    decision == null ? null : decision.id(),
                    decision == null ? null : decision.decidedAt())));
    return database.state();
  }
}
