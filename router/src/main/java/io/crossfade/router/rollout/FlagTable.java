package io.crossfade.router.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.router.rollout.RolloutChange.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
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
  static final class StaleVersionException extends RuntimeException {
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
  record Note(
      Origin origin,
      String actor,
      String reason,
      @Nullable String ticket,
      boolean forced,
      String evidence) {}

  /** Clocks of routers differ a little: what was decided so soon after was not decided after. */
  static final Duration TOGETHER = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> PARAMETERS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final RolloutHistory history;
  private final InstantSource clock;
  private final Supplier<String> togglzUser;

  /**
   * @param togglzUser who changes flags through Togglz, asked on his thread
   */
  public FlagTable(DataSource control, InstantSource clock, Supplier<String> togglzUser) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    this.history = new RolloutHistory(jdbc);
    this.clock = clock;
    this.togglzUser = togglzUser;
  }

  @Override
  public RolloutState read() {
    return within(
        () -> state(jdbc.sql("SELECT version FROM rollout_version").query(Long.class).single()));
  }

  @Override
  public RolloutState change(long expected, Map<Kind, KindFlags> changes, Note note) {
    return within(
        () -> {
          long version = locked();
          if (expected != version) {
            throw new StaleVersionException(version);
          }
          return record(state(version), changes, note, null);
        });
  }

  @Override
  public RolloutState initialise(KindFlags first) {
    try {
      return change(
          0,
          Arrays.stream(Kind.values())
              .collect(Collectors.toMap(Function.identity(), kind -> first)),
          new Note(Origin.INITIAL, "settings", "first start", null, false, "{}"));
    } catch (StaleVersionException e) {
      log.debug("Flags stay as they are: {}", e.getMessage());
      return read();
    }
  }

  @Override
  public Stored store(PendingChange change) {
    return within(
        () -> {
          RolloutState before = state(locked());
          List<RolloutChange> recorded = history.of(change.id());
          if (recorded.isEmpty()) {
            Map<Kind, KindFlags> wanted = new EnumMap<>(change.flags());
            for (Kind kind : change.flags().keySet()) {
              if (history.decidedSince(kind, change.decidedAt().plus(TOGETHER))) {
                wanted.put(kind, before.of(kind));
              }
            }
            record(before, wanted, change.note(), change);
            recorded = history.of(change.id());
          }
          return stored(change, recorded);
        });
  }

  @Override
  public Optional<Stored> recorded(PendingChange change) {
    return within(
        () -> {
          List<RolloutChange> recorded = history.of(change.id());
          return recorded.isEmpty() ? Optional.empty() : Optional.of(stored(change, recorded));
        });
  }

  private Stored stored(PendingChange change, List<RolloutChange> recorded) {
    EnumSet<Kind> superseded = EnumSet.noneOf(Kind.class);
    for (RolloutChange kind : recorded) {
      if (!kind.after().equals(change.flags().get(kind.kind()))) {
        superseded.add(kind.kind());
      }
    }
    return new Stored(
        recorded.getFirst().version(),
        superseded,
        state(jdbc.sql("SELECT version FROM rollout_version").query(Long.class).single()));
  }

  @Override
  public List<RolloutChange> history(@Nullable Kind kind, int most) {
    return within(() -> history.newest(kind, most));
  }

  /** When a kind's flags became what they are; empty when they never changed. */
  Optional<Instant> since(Kind kind) {
    return within(() -> history.since(kind));
  }

  @Override
  public @Nullable FeatureState getFeatureState(Feature feature) {
    return within(() -> stored(new ArrayList<>())).get(feature.name());
  }

  /** Togglz' console saves one feature at a time and asks for no reason. */
  @Override
  public void setFeatureState(FeatureState state) {
    RolloutFeature feature = RolloutFeature.valueOf(state.getFeature().name());
    if (feature == RolloutFeature.stream(feature.kind())) {
      RolloutFeature.flags(state, null);
    } else {
      RolloutFeature.flags(null, state);
    }
    Note note =
        new Note(Origin.TOGGLZ, togglzUser.get(), "changed through Togglz", null, true, "{}");
    within(
        () -> {
          RolloutState before = state(locked());
          store(state);
          recordStored(before, Set.of(feature.kind()), note, null);
          return before;
        });
  }

  /** Nobody else changes flags from here to the end of the transaction. */
  private long locked() {
    return jdbc.sql("SELECT version FROM rollout_version FOR UPDATE").query(Long.class).single();
  }

  private RolloutState state(long version) {
    List<Aside> aside = new ArrayList<>();
    EnumSet<Kind> unresolved = EnumSet.noneOf(Kind.class);
    Map<Kind, KindFlags> kinds = kinds(version, aside, unresolved);
    return new RolloutState(
        jdbc.sql("SELECT id FROM control_system").query(String.class).single(),
        version,
        kinds,
        aside,
        unresolved);
  }

  private RolloutState record(
      RolloutState before,
      Map<Kind, KindFlags> changes,
      Note note,
      @Nullable PendingChange decision) {
    changes.forEach((kind, flags) -> RolloutFeature.states(kind, flags).forEach(this::store));
    return recordStored(before, changes.keySet(), note, decision);
  }

  private RolloutState recordStored(
      RolloutState before, Set<Kind> changed, Note note, @Nullable PendingChange decision) {
    jdbc.sql("UPDATE rollout_version SET version = version + 1").update();
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
              decision == null ? null : decision.id(),
              decision == null ? null : decision.decidedAt()));
    }
    return after;
  }

  private <T> T within(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(status -> work.get()));
  }

  /**
   * What each kind is switched to. Of one with a row that cannot be used, what was last recorded
   * counts: no record, no change.
   */
  private Map<Kind, KindFlags> kinds(long version, List<Aside> aside, Set<Kind> unresolved) {
    Map<String, FeatureState> stored = stored(aside);
    EnumMap<Kind, KindFlags> kinds = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      try {
        for (RolloutFeature feature :
            List.of(RolloutFeature.stream(kind), RolloutFeature.dualWrite(kind))) {
          if (version > 0 && !stored.containsKey(feature.name())) {
            throw new IllegalArgumentException("there is no usable row of " + feature);
          }
        }
        kinds.put(
            kind,
            RolloutFeature.flags(
                stored.get(RolloutFeature.stream(kind).name()),
                stored.get(RolloutFeature.dualWrite(kind).name())));
      } catch (IllegalArgumentException e) {
        Optional<KindFlags> recorded = history.last(kind);
        aside.add(
            new Aside(
                kind.name(),
                "%s; %s"
                    .formatted(
                        e.getMessage(),
                        recorded
                            .map(flags -> "what was recorded last counts: " + flags)
                            .orElse("nothing usable is recorded"))));
        recorded.ifPresentOrElse(flags -> kinds.put(kind, flags), () -> unresolved.add(kind));
      }
    }
    return kinds;
  }

  private Map<String, FeatureState> stored(List<Aside> aside) {
    Map<String, FeatureState> states = new HashMap<>();
    jdbc.sql("SELECT feature, enabled, strategy, parameters FROM rollout_flag")
        .query(
            row -> {
              String name = row.getString("feature");
              try {
                FeatureState state =
                    new FeatureState(RolloutFeature.named(name), row.getBoolean("enabled"));
                state.setStrategyId(row.getString("strategy"));
                parameters(row.getString("parameters")).forEach(state::setParameter);
                states.put(name, state);
              } catch (IllegalArgumentException e) {
                aside.add(new Aside(name, String.valueOf(e.getMessage())));
              }
            });
    return states;
  }

  private void store(FeatureState state) {
    jdbc.sql(
            "INSERT INTO rollout_flag (feature, enabled, strategy, parameters) VALUES (?, ?, ?, ?)"
                + " ON DUPLICATE KEY UPDATE enabled = VALUES(enabled), strategy = VALUES(strategy),"
                + " parameters = VALUES(parameters)")
        .params(
            Arrays.asList(
                state.getFeature().name(),
                state.isEnabled(),
                state.getStrategyId(),
                JSON.valueToTree(state.getParameterMap()).toString()))
        .update();
  }

  private static Map<String, String> parameters(String json) {
    try {
      return JSON.readValue(json, PARAMETERS);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Unreadable parameters in rollout_flag", e);
    }
  }
}
