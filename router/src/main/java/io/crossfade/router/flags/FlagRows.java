package io.crossfade.router.flags;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.db.control.FlagSwitches;
import io.crossfade.db.control.FlagSwitches.Switch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.togglz.core.repository.FeatureState;

/**
 * What the rows of the flags say, whatever somebody wrote into them. Callers bring the transaction.
 */
final class FlagRows {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> PARAMETERS = new TypeReference<>() {};

  /**
   * All rows.
   *
   * @param kinds what each kind is switched to
   * @param aside rows that cannot be used; their kinds stay as they were recorded last
   * @param unresolved kinds of which nothing usable is stored at all; not in {@code kinds}
   */
  record Content(Map<Kind, KindFlags> kinds, List<Aside> aside, Set<Kind> unresolved) {}

  private final FlagSwitches switches;
  private final RolloutHistory history;

  FlagRows(FlagSwitches switches, RolloutHistory history) {
    this.switches = switches;
    this.history = history;
  }

  /**
   * Reads them.
   *
   * @param version 0 when there may be none yet
   */
  Content read(long version) {
    List<Aside> aside = new ArrayList<>();
    Map<RolloutFeature, FeatureState> usable = usable(aside);
    TreeMap<Kind, KindFlags> kinds = new TreeMap<>();
    TreeSet<Kind> unresolved = new TreeSet<>();
    for (RolloutFeature feature : RolloutFeature.values()) {
      boolean known = aside.stream().anyMatch(row -> row.feature().equals(feature.name()));
      if (version > 0 && !known && !usable.containsKey(feature) && wasSet(feature)) {
        aside.add(new Aside(feature.name(), feature.kind(), "there is no such row", null));
      }
    }
    for (Kind kind : Kind.values()) {
      if (aside.stream().noneMatch(row -> Objects.equals(row.kind(), kind))) {
        kinds.put(
            kind,
            RolloutFeature.flags(
                usable.get(RolloutFeature.stream(kind)),
                usable.get(RolloutFeature.dualWrite(kind)),
                usable.get(RolloutFeature.optIn(kind))));
        continue;
      }
      // No record, no change.
      Optional<KindFlags> recorded = history.last(kind);
      recorded.ifPresentOrElse(flags -> kinds.put(kind, flags), () -> unresolved.add(kind));
    }
    return new Content(kinds, aside, unresolved);
  }

  /** The opt-in has no row where only a release that did not know it has set flags. */
  private boolean wasSet(RolloutFeature feature) {
    return feature.part() != RolloutFeature.Part.OPT_IN || history.toldOptIn(feature.kind());
  }

  /** Those of some kinds that have no row and no change on record: they never had flags. */
  Set<Kind> untold(Set<Kind> unresolved) {
    List<String> told = switches.all().stream().map(Switch::feature).toList();
    return unresolved.stream()
        .filter(
            kind ->
                !told.contains(FlagSwitches.stream(kind))
                    && !told.contains(FlagSwitches.dualWrite(kind))
                    && !told.contains(FlagSwitches.optIn(kind))
                    && !history.has(kind))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The row of a feature, or, when it cannot be used, what counts instead; {@code null} when that
   * is not known.
   */
  @Nullable FeatureState read(RolloutFeature feature, long version) {
    FeatureState row = usable(new ArrayList<>()).get(feature);
    KindFlags counts = row == null ? read(version).kinds().get(feature.kind()) : null;
    return counts == null
        ? row
        : RolloutFeature.states(feature.kind(), counts).stream()
            .filter(state -> state.getFeature().equals(feature))
            .findFirst()
            .orElseThrow();
  }

  void store(FeatureState state) {
    switches.store(
        new Switch(
            state.getFeature().name(),
            state.isEnabled(),
            state.getStrategyId(),
            JSON.valueToTree(state.getParameterMap()).toString()));
  }

  private Map<RolloutFeature, FeatureState> usable(List<Aside> aside) {
    Map<RolloutFeature, FeatureState> usable = new HashMap<>();
    for (Switch row : switches.all()) {
      RolloutFeature feature = RolloutFeature.named(row.feature()).orElse(null);
      if (feature == null) {
        aside.add(new Aside(row.feature(), null, "this release knows no such feature", null));
        continue;
      }
      FeatureState state = new FeatureState(feature, row.enabled());
      state.setStrategyId(row.strategy());
      try {
        parameters(row.parameters()).forEach(state::setParameter);
        RolloutFeature.check(state);
        usable.put(feature, state);
      } catch (IllegalArgumentException e) {
        aside.add(
            new Aside(
                row.feature(),
                feature.kind(),
                String.valueOf(e.getMessage()),
                RolloutFeature.foreignStrategy(state).orElse(null)));
      }
    }
    return usable;
  }

  private static Map<String, String> parameters(String json) {
    try {
      Map<String, String> parameters = JSON.readValue(json, PARAMETERS);
      if (parameters == null || parameters.containsValue(null)) {
        throw new IllegalArgumentException("its parameters have nulls");
      }
      return parameters;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its parameters cannot be read", e);
    }
  }
}
