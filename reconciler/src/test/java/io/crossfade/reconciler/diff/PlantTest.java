package io.crossfade.reconciler.diff;

import static io.crossfade.reconciler.diff.DiffWorld.EVENTS;
import static io.crossfade.reconciler.diff.DiffWorld.HEIGHT;
import static io.crossfade.reconciler.diff.DiffWorld.URGENT;
import static io.crossfade.reconciler.diff.DiffWorld.event;
import static io.crossfade.reconciler.diff.DiffWorld.under;
import static io.crossfade.reconciler.diff.DiffWorld.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.diff.Plant.Sort;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A plant is found only by what is said of it, and a proof only when all are. */
class PlantTest {

  private static final StoredRow ROW = event(1, 10, false);
  private static final StoredRow SOS = event(1, 10, true);
  private static final StoredRow TWICE = under(ROW, new RecordId(ROW.id().high(), 77));

  /** Every plant against everything that can be said: each is named by its own alone. */
  @Test
  void isNamedByItsOwnClassSideColumnAndUrgencyAlone() {
    Map<String, RowPair> said = new LinkedHashMap<>();
    said.put("missing in stream", pair(ROW, null));
    said.put("missing in legacy", pair(null, ROW));
    said.put("urgent missing in stream", pair(SOS, null));
    said.put("urgent missing in legacy", pair(null, SOS));
    said.put("height differs", pair(ROW, with(ROW, HEIGHT, 9.0)));
    said.put("two columns differ", pair(ROW, with(with(ROW, HEIGHT, 9.0), "event_value", "2")));
    said.put("twice in stream", pair(null, TWICE));
    said.put("twice in legacy", pair(TWICE, null));
    said.put("reason unreadable", pair(ROW, event(1, 10, false, null, 1.5)));
    said.put("height unreadable", pair(ROW, DiffWorld.unreadable(ROW, HEIGHT)));
    for (DeliveryPath side : DeliveryPath.values()) {
      String lacking = "missing in " + side.label();
      named(said, plant(Sort.HIDDEN, side, null, false), lacking, "urgent " + lacking);
      named(said, plant(Sort.HIDDEN, side, null, true), "urgent " + lacking);
      named(said, plant(Sort.ALTERED, side, HEIGHT, false), "height differs");
      named(said, plant(Sort.ALTERED, side, "event_value", false));
      named(said, plant(Sort.DOUBLED, side, null, false), "twice in " + side.label());
      named(said, plant(Sort.SPOILT, side, null, false), "reason unreadable");
      named(said, plant(Sort.LATE, side, null, false));
    }
  }

  private static void named(Map<String, RowPair> said, Plant plant, String... by) {
    assertThat(
            said.entrySet().stream()
                .filter(
                    one ->
                        plant.isNamedBy(
                            one.getValue(), one.getValue().difference(URGENT).orElseThrow()))
                .map(Map.Entry::getKey))
        .as("%s", plant)
        .containsExactly(by);
    assertThat(plant.isDecoy()).isEqualTo(plant.sort() == Sort.LATE);
  }

  @Test
  void proofIsFullOnlyWhenAllWereFoundNoneInventedAndNoTableWasBare() {
    Proof full = new Proof(40, 40, 0, 0);
    assertThat(full.isFull()).isTrue();
    assertThat(full.isBroken()).isFalse();
    assertThat(full).hasToString("40 of 40 planted found, 0 invented");
    for (Proof broken : new Proof[] {new Proof(40, 39, 0, 0), new Proof(40, 40, 1, 0)}) {
      assertThat(broken.isBroken()).isTrue();
      assertThat(broken.isFull()).isFalse();
    }
    Proof bare = full.plus(Proof.NONE.of(7));
    assertThat(bare).isEqualTo(new Proof(40, 40, 0, 7));
    assertThat(bare.isBroken()).isFalse();
    assertThat(bare.isFull()).isFalse();
    assertThat(bare)
        .hasToString(
            "40 of 40 planted found, 0 invented, 7 rows compared where none could be planted in");
    assertThat(full.of(7)).isEqualTo(full);
    assertThat(new Proof(1, 2, 3, 4).plus(new Proof(10, 20, 30, 40)))
        .isEqualTo(new Proof(11, 22, 33, 44));
    assertThat(Proof.NONE.isFull()).as("nothing compared, nothing to prove").isTrue();
  }

  private static RowPair pair(@Nullable StoredRow legacy, @Nullable StoredRow stream) {
    return new RowPair(EVENTS, legacy, stream);
  }

  private static Plant plant(
      Sort sort, DeliveryPath side, @Nullable String column, boolean urgent) {
    return new Plant(ROW.id(), ROW.id(), ROW.stamp(), sort, side, column, urgent);
  }
}
