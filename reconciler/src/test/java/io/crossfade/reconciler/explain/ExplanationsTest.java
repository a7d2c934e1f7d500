package io.crossfade.reconciler.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.StoredRow;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords.How;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explainer.Doubt;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.RowPair;
import io.crossfade.reconciler.explain.ExplanationRules.Rule;
import io.crossfade.reconciler.explain.Explanations.Known;
import io.crossfade.reconciler.explain.Explanations.Lack;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which acceptance an output lacks, and what is known of it. */
class ExplanationsTest {

  private static final OutputTable<?> EVENTS = OutputTables.of(Kind.EVENT).getFirst();
  private static final Instant NOW = Instant.parse("2026-11-26T08:00:00Z");
  private static final long STAMP = AcceptanceStamp.floor(NOW);
  private static final StoredRow ROW = event(STAMP, "1", RouteReason.FLAG);

  @Test
  void outputThatLacksARowLacksTheAcceptanceThatMadeIt() {
    assertThat(lack(ROW, null))
        .contains(new Lack(ROW.id(), DeliveryPath.STREAM, ROW.id(), STAMP, RouteReason.FLAG));
    assertThat(lack(null, ROW))
        .contains(new Lack(ROW.id(), DeliveryPath.LEGACY, ROW.id(), STAMP, RouteReason.FLAG));
  }

  /** An event's first acceptance stays: the output with the later one lacks the earlier one. */
  @Test
  void ofTwoAcceptancesTheOneThatWouldHaveStayedIsLacking() {
    StoredRow later = with(event(STAMP + 5, "1", RouteReason.OPT_IN), 2.5);
    assertThat(lack(ROW, later).orElseThrow().path()).isEqualTo(DeliveryPath.STREAM);
    assertThat(lack(ROW, later).orElseThrow().stamp()).isEqualTo(STAMP);
    assertThat(lack(later, ROW).orElseThrow().path()).isEqualTo(DeliveryPath.LEGACY);
    assertThat(lack(later, ROW).orElseThrow().stamp()).isEqualTo(STAMP);
  }

  @Test
  void nothingExcusesFieldsThatDifferInOneAcceptance() {
    assertThat(lack(ROW, with(ROW, 2.5))).isEmpty();
  }

  @Test
  void rowUnderTwoIdsAndOneThatCannotBeReadHaveNoCause() {
    StoredRow twice =
        new StoredRow(new RecordId(5, 5), STAMP, RouteReason.FLAG, ROW.values(), List.of());
    assertThat(lack(twice, null)).isEmpty();
    StoredRow unknown =
        new StoredRow(
            ROW.id(),
            STAMP + 5,
            null,
            ROW.values(),
            List.of(new StoredRow.Unreadable("route_reason", "OF_TOMORROW")));
    assertThat(lack(ROW, unknown)).isEmpty();
    assertThat(lack(null, unknown)).as("a lone one can").isPresent();
  }

  private static Optional<Lack> lack(@Nullable StoredRow legacy, @Nullable StoredRow stream) {
    RowPair pair = new RowPair(EVENTS, legacy, stream);
    return Lack.of(new Doubt(pair, pair.difference(Set.of()).orElseThrow()));
  }

  private static final RecordId ID = ROW.id();
  private static final Set<Long> SAME = Set.of(STAMP);
  private static final Set<Long> ANY = Set.of(DroppedMirrors.ANY);
  private static final Set<Long> OTHER = Set.of(STAMP + 1);

  private static final Lack IN_STREAM =
      new Lack(ID, DeliveryPath.STREAM, ID, STAMP, RouteReason.FLAG);
  private static final Lack IN_LEGACY =
      new Lack(ID, DeliveryPath.LEGACY, ID, STAMP, RouteReason.FLAG);
  private static final Lack FALLBACK =
      new Lack(ID, DeliveryPath.STREAM, ID, STAMP, RouteReason.STREAM_UNAVAILABLE);
  private static final Lack NO_FALLBACK =
      new Lack(ID, DeliveryPath.LEGACY, ID, STAMP, RouteReason.STREAM_UNAVAILABLE);

  private record Case(Known known, Lack lack, @Nullable Explanation cause) {}

  /** Evidence of this very acceptance, of this path; what a path took it answers for. */
  @Test
  void causeNeedsEvidenceOfTheAcceptance() {
    Known nothing = new Known(Map.of(), Map.of(), Set.of(), Map.of());
    Known dead = new Known(Map.of(), Map.of(), Set.of(ID), Map.of());
    Known everything = new Known(Map.of(ID, SAME), Map.of(ID, SAME), Set.of(ID), Map.of());
    Known diedInMemory =
        new Known(Map.of(ID, SAME), Map.of(ID, SAME), Set.of(ID), Map.of(ID, How.IN_MEMORY));
    Known lostOtherwise =
        new Known(Map.of(ID, SAME), Map.of(ID, SAME), Set.of(ID), Map.of(ID, How.UNKNOWN));
    Known overQuota = new Known(Map.of(), Map.of(), Set.of(), Map.of(ID, How.LETTER_OVER_QUOTA));
    for (Case one :
        List.of(
            new Case(nothing, IN_STREAM, null),
            new Case(nothing, FALLBACK, Explanation.FALLBACK),
            new Case(nothing, NO_FALLBACK, null),
            new Case(everything, FALLBACK, Explanation.FALLBACK),
            new Case(refused(SAME), IN_STREAM, Explanation.REFUSED),
            new Case(refused(ANY), IN_STREAM, Explanation.REFUSED),
            new Case(refused(OTHER), IN_STREAM, null),
            new Case(dropped(SAME), IN_LEGACY, Explanation.MIRROR_DROPPED),
            new Case(dropped(ANY), IN_LEGACY, Explanation.MIRROR_DROPPED),
            new Case(dropped(OTHER), IN_LEGACY, null),
            new Case(dead, IN_STREAM, Explanation.DEAD_LETTER),
            new Case(everything, IN_LEGACY, Explanation.REFUSED),
            new Case(diedInMemory, IN_LEGACY, Explanation.LOST_IN_MEMORY),
            new Case(diedInMemory, IN_STREAM, null),
            new Case(overQuota, IN_LEGACY, Explanation.DEAD_LETTER),
            new Case(overQuota, IN_STREAM, Explanation.DEAD_LETTER),
            new Case(lostOtherwise, IN_LEGACY, null),
            new Case(lostOtherwise, FALLBACK, null))) {
      assertThat(one.known().cause(one.lack()))
          .as("%s", one)
          .isEqualTo(Optional.ofNullable(one.cause()));
    }
  }

  private static Known refused(Set<Long> stamps) {
    return new Known(Map.of(), Map.of(ID, stamps), Set.of(), Map.of());
  }

  private static Known dropped(Set<Long> stamps) {
    return new Known(Map.of(ID, stamps), Map.of(), Set.of(), Map.of());
  }

  @Test
  void ruleMatchesWhatItNamesAndNothingElse() {
    Difference found = new RowPair(EVENTS, ROW, with(ROW, 2.5)).difference(Set.of()).orElseThrow();
    String column = found.columns();
    assertThat(rule(DifferenceClass.FIELDS_DIFFER, null, null).matches(found)).isTrue();
    assertThat(rule(DifferenceClass.REPEATED, null, null).matches(found)).isFalse();
    assertThat(rule(null, column, null).matches(found)).isTrue();
    assertThat(rule(null, "imei", null).matches(found)).isFalse();
    assertThat(rule(null, null, "DEV1").matches(found)).isTrue();
    assertThat(rule(null, null, "DEV2").matches(found)).isFalse();
    assertThat(rule(DifferenceClass.FIELDS_DIFFER, column, "DEV1").matches(found)).isTrue();
    assertThat(rule(DifferenceClass.FIELDS_DIFFER, column, "DEV2").matches(found)).isFalse();
    Difference two = with(found, new Difference.Field("imei", "1", "2"));
    assertThat(rule(null, column, null).matches(two)).as("the only one").isFalse();
  }

  @Test
  void ruleNeedsAnOwnerAReasonAnEndAndSomethingItIsAbout() {
    assertThatThrownBy(() -> rule(null, null, null)).hasMessageContaining("would hide everything");
    for (String blank : List.of("", " ")) {
      assertThatThrownBy(() -> rule("DEV1", blank, "why", NOW.plusSeconds(1)))
          .hasMessage("A rule needs an owner and a reason");
      assertThatThrownBy(() -> rule("DEV1", "ann", blank, NOW.plusSeconds(1)))
          .hasMessage("A rule needs an owner and a reason");
    }
    assertThatThrownBy(() -> rule("DEV1", "ann", "why", NOW)).hasMessageContaining("must expire");
    assertThat(rule("DEV1", "ann", "why", NOW.plusNanos(1)).owner()).isEqualTo("ann");
  }

  private static Rule rule(String device, String owner, String reason, Instant expires) {
    return new Rule(0, Kind.EVENT, null, null, device, owner, reason, NOW, expires);
  }

  private static Rule rule(
      @Nullable DifferenceClass difference, @Nullable String column, @Nullable String device) {
    return new Rule(
        0, Kind.EVENT, difference, column, device, "ann", "why", NOW, NOW.plusSeconds(60));
  }

  private static Difference with(Difference of, Difference.Field more) {
    List<Difference.Field> fields = new ArrayList<>(of.fields());
    fields.add(more);
    return new Difference(
        of.table(),
        of.id(),
        of.kind(),
        of.deviceSn(),
        of.servedBy(),
        of.urgent(),
        of.stamp(),
        fields);
  }

  private static StoredRow event(long stamp, String value, RouteReason reason) {
    List<@Nullable Object> values =
        new ArrayList<>(Collections.nCopies(EVENTS.comparedColumns().size(), null));
    values.set(EVENTS.comparedColumns().indexOf("device_sn"), "DEV1");
    values.set(EVENTS.comparedColumns().indexOf("timestamp"), LocalDateTime.of(2026, 11, 26, 8, 0));
    values.set(EVENTS.comparedColumns().indexOf("event_type"), "SOS_EVENT");
    values.set(EVENTS.comparedColumns().indexOf("event_value"), value);
    StoredRow unnamed = new StoredRow(new RecordId(0, 0), stamp, reason, values, List.of());
    RecordId id = RowIdentity.of(EVENTS, unnamed).row();
    return new StoredRow(id, stamp, reason, values, List.of());
  }

  private static StoredRow with(StoredRow row, double height) {
    List<@Nullable Object> values = new ArrayList<>(row.values());
    values.set(values.size() - 1, height);
    return new StoredRow(row.id(), row.stamp(), row.reason(), values, row.unreadable());
  }
}
