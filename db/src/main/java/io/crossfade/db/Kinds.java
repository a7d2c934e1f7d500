package io.crossfade.db;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The kinds that this process works with. They are as much a part of it as its code: entries and
 * journals cannot be read without them, so they are said once, before anything asks.
 */
public final class Kinds {

  /** All of them, by their codes. */
  private record Known(
      List<KindDefinition> all, SortedSet<Kind> kinds, @Nullable KindDefinition[] byCode) {

    static Known of(List<KindDefinition> definitions) {
      List<KindDefinition> all =
          definitions.stream().sorted(Comparator.comparing(KindDefinition::kind)).toList();
      @Nullable KindDefinition[] byCode = new KindDefinition[Kind.LAST_CODE + 1];
      all.forEach(definition -> byCode[definition.kind().code()] = definition);
      SortedSet<Kind> kinds = new TreeSet<>();
      all.forEach(definition -> kinds.add(definition.kind()));
      return new Known(all, Collections.unmodifiableSortedSet(kinds), byCode);
    }
  }

  private static final AtomicReference<Known> KNOWN = new AtomicReference<>();

  private Kinds() {}

  /**
   * Says which kinds there are.
   *
   * @throws IllegalArgumentException when two share a name, a code, a table, a stream or a path
   * @throws IllegalStateException when others are in use
   */
  public static void use(List<KindDefinition> definitions) {
    checkApart(definitions);
    Known known = Known.of(definitions);
    if (!KNOWN.compareAndSet(null, known) && !known.all().equals(known().all())) {
      throw new IllegalStateException("This process works with other kinds already");
    }
  }

  /** All, by their codes. */
  static List<KindDefinition> all() {
    return known().all();
  }

  static SortedSet<Kind> kinds() {
    return known().kinds();
  }

  static KindDefinition of(Kind kind) {
    return ofCode(kind.code()).orElseThrow(() -> new IllegalArgumentException("No kind " + kind));
  }

  static Optional<KindDefinition> ofCode(int code) {
    @Nullable KindDefinition[] byCode = known().byCode();
    return code < 0 || code >= byCode.length ? Optional.empty() : Optional.ofNullable(byCode[code]);
  }

  private static Known known() {
    Known known = KNOWN.get();
    if (known == null) {
      KNOWN.compareAndSet(null, Known.of(Watches.all()));
      known = Objects.requireNonNull(KNOWN.get());
    }
    return known;
  }

  private static void checkApart(List<KindDefinition> definitions) {
    if (definitions.isEmpty()) {
      throw new IllegalArgumentException("There must be a kind");
    }
    Set<Object> names = new HashSet<>();
    Map<String, Kind> places = new HashMap<>();
    for (KindDefinition definition : definitions) {
      Kind kind = definition.kind();
      if (!names.add(kind.name()) || !names.add(kind.code())) {
        throw new IllegalArgumentException(
            "Two kinds have the name %s or the code %d".formatted(kind.label(), kind.code()));
      }
      StreamKeys streams = definition.streams();
      for (String place :
          Arrays.asList(definition.endpoint(), streams.ordinary(), streams.urgent())) {
        claim(places, place, kind);
      }
      definition.tables().forEach(table -> claim(places, table.name(), kind));
    }
  }

  private static void claim(Map<String, Kind> places, @Nullable String place, Kind kind) {
    Kind other = place == null ? null : places.putIfAbsent(place, kind);
    if (other != null) {
      throw new IllegalArgumentException(
          "%s and %s both have %s".formatted(other.label(), kind.label(), place));
    }
  }
}
