package io.crossfade.reconciler.diff;

import static io.crossfade.reconciler.diff.DiffWorld.EVENTS;
import static io.crossfade.reconciler.diff.DiffWorld.HEIGHT;
import static io.crossfade.reconciler.diff.DiffWorld.URGENT;
import static io.crossfade.reconciler.diff.DiffWorld.because;
import static io.crossfade.reconciler.diff.DiffWorld.event;
import static io.crossfade.reconciler.diff.DiffWorld.stamped;
import static io.crossfade.reconciler.diff.DiffWorld.under;
import static io.crossfade.reconciler.diff.DiffWorld.unreadable;
import static io.crossfade.reconciler.diff.DiffWorld.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.StoredRow;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pair of rows is called, by whom it was served and where it stands in time. */
class RowPairTest {

  private static final StoredRow ROW = event(1, 10, false);
  private static final StoredRow SOS = event(2, 10, true);
  private static final StoredRow TWICE = under(ROW, new RecordId(ROW.id().high(), 77));
  private static final StoredRow OF_TOMORROW = event(1, 10, false, null, 1.5);

  @Test
  void equalRowsDoNotDiffer() {
    RowPair pair = new RowPair(EVENTS, ROW, stamped(because(ROW, RouteReason.MIRROR), 5));
    assertThat(pair.difference(URGENT)).as("neither stamp nor reason is compared").isEmpty();
    assertThat(pair.isAlone()).isFalse();
    assertThat(pair.isUnreadable()).isFalse();
    assertThat(pair.stamp()).isEqualTo(ROW.stamp());
    assertThat(new RowPair(EVENTS, stamped(ROW, 5), ROW).stamp()).isEqualTo(ROW.stamp());
    assertThat(pair.any()).isEqualTo(ROW);
    assertThat(pair.of(DeliveryPath.STREAM)).isEqualTo(pair.stream());
    assertThat(pair.of(DeliveryPath.LEGACY)).isEqualTo(ROW);
  }

  @Test
  void rowThatOneOutputLacksIsNamedAfterTheOutput() {
    assertThat(difference(ROW, null).kind()).isEqualTo(DifferenceClass.MISSING_IN_STREAM);
    assertThat(difference(null, ROW).kind()).isEqualTo(DifferenceClass.MISSING_IN_LEGACY);
    assertThat(difference(TWICE, null).kind()).isEqualTo(DifferenceClass.REPEATED);
    assertThat(difference(null, TWICE).kind()).isEqualTo(DifferenceClass.REPEATED);
    Difference missing = difference(null, ROW);
    assertThat(missing.fields()).isEmpty();
    assertThat(missing.id()).isEqualTo(ROW.id());
    assertThat(missing.stamp()).isEqualTo(ROW.stamp());
    assertThat(missing.deviceSn()).isEqualTo("DEV1");
    assertThat(missing.table()).isEqualTo(EVENTS.name());
  }

  @Test
  void onlyEventsOfUrgentTypesAreUrgent() {
    assertThat(difference(null, SOS).urgent()).isTrue();
    assertThat(difference(null, ROW).urgent()).isFalse();
  }

  @Test
  void fieldsThatDifferAreNamedWithBothValues() {
    Difference found = difference(ROW, with(with(ROW, HEIGHT, null), "event_value", "2"));
    assertThat(found.kind()).isEqualTo(DifferenceClass.FIELDS_DIFFER);
    assertThat(found.columns()).isEqualTo("event_value," + HEIGHT);
    assertThat(found.fields())
        .containsExactly(
            new Difference.Field("event_value", "1", "2"),
            new Difference.Field(HEIGHT, "1.5", null));
    assertThat(found.as(DifferenceClass.UNREADABLE))
        .isEqualTo(
            new Difference(
                found.table(),
                found.id(),
                DifferenceClass.UNREADABLE,
                found.deviceSn(),
                found.servedBy(),
                found.urgent(),
                found.stamp(),
                found.fields()));
    assertThat(RowPair.text(new BigDecimal("1E+3"))).isEqualTo("1000");
    assertThat(RowPair.text(null)).isNull();
  }

  /** A lone row whose reason is unknown can still be told; of two, whether they agree cannot. */
  @Test
  void rowThatCannotBeReadIsSaidToBe() {
    assertThat(difference(OF_TOMORROW, null).kind()).isEqualTo(DifferenceClass.MISSING_IN_STREAM);
    assertThat(difference(OF_TOMORROW, null).fields())
        .containsExactly(new Difference.Field(RowPair.ROUTE_REASON, "OF_TOMORROW", null));
    Difference both = difference(OF_TOMORROW, ROW);
    assertThat(both.kind()).isEqualTo(DifferenceClass.UNREADABLE);
    assertThat(both.fields())
        .containsExactly(new Difference.Field(RowPair.ROUTE_REASON, "OF_TOMORROW", "FLAG"));
    Difference value = difference(unreadable(ROW, HEIGHT), ROW);
    assertThat(value.kind()).isEqualTo(DifferenceClass.UNREADABLE);
    assertThat(value.fields()).containsExactly(new Difference.Field(HEIGHT, "?!", "1.5"));
    assertThat(value.deviceSn()).isEqualTo("DEV1");
    assertThat(difference(null, unreadable(ROW, HEIGHT)).kind())
        .isEqualTo(DifferenceClass.UNREADABLE);
    assertThat(new RowPair(EVENTS, null, OF_TOMORROW).isUnreadable()).isTrue();
  }

  @Test
  void pathThatAnsweredTheDeviceIsReadFromTheReasons() {
    StoredRow mirror = because(ROW, RouteReason.MIRROR);
    StoredRow optIn = because(ROW, RouteReason.OPT_IN);
    StoredRow fallback = because(ROW, RouteReason.STREAM_UNAVAILABLE);
    record Case(@Nullable StoredRow legacy, @Nullable StoredRow stream, DeliveryPath served) {}
    for (Case one :
        List.of(
            new Case(ROW, null, DeliveryPath.LEGACY),
            new Case(fallback, null, DeliveryPath.LEGACY),
            new Case(mirror, null, DeliveryPath.STREAM),
            new Case(null, ROW, DeliveryPath.STREAM),
            new Case(null, optIn, DeliveryPath.STREAM),
            new Case(null, mirror, DeliveryPath.LEGACY),
            new Case(with(mirror, HEIGHT, 2.0), ROW, DeliveryPath.STREAM),
            new Case(with(mirror, HEIGHT, 2.0), fallback, DeliveryPath.LEGACY),
            new Case(with(ROW, HEIGHT, 2.0), mirror, DeliveryPath.LEGACY))) {
      assertThat(difference(one.legacy(), one.stream()).servedBy())
          .as("%s", one)
          .isEqualTo(one.served());
    }
    RowPair pair = new RowPair(EVENTS, mirror, optIn);
    assertThat(pair.because(RouteReason.MIRROR)).isTrue();
    assertThat(pair.because(RouteReason.OPT_IN)).isTrue();
    assertThat(pair.because(RouteReason.FLAG)).isFalse();
    assertThat(new RowPair(EVENTS, null, ROW).because(RouteReason.MIRROR)).isFalse();
  }

  private static Difference difference(@Nullable StoredRow legacy, @Nullable StoredRow stream) {
    return new RowPair(EVENTS, legacy, stream).difference(URGENT).orElseThrow();
  }
}
