package io.crossfade.reconciler.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.OutputScan.Order;
import io.crossfade.db.RawRow;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The merge, against sets; and how many rows a page has. */
class OutputDiffTest {

  @Test
  void mergeSaysOfEveryKeyOnWhichSidesItIs() throws Exception {
    Random random = new Random(3);
    for (int world = 0; world < 500; world++) {
      Order order = Order.values()[world % 2];
      TreeSet<RawRow> legacy = new TreeSet<>(order::compare);
      TreeSet<RawRow> stream = new TreeSet<>(order::compare);
      for (int i = random.nextInt(12); i > 0; i--) {
        RawRow row = row(random.nextInt(8), random.nextInt(3));
        if (random.nextBoolean()) {
          legacy.add(row);
        }
        if (random.nextBoolean()) {
          stream.add(row);
        }
      }
      TreeSet<RawRow> all = new TreeSet<>(order::compare);
      all.addAll(legacy);
      all.addAll(stream);
      List<String> expected =
          all.stream()
              .map(
                  row ->
                      (!stream.contains(row)
                              ? "legacy "
                              : !legacy.contains(row) ? "stream " : "both ")
                          + row.id())
              .toList();
      List<String> said = new ArrayList<>();
      OutputDiff.merge(order::compare, source(legacy), source(stream), sink(order, said));
      assertThat(said).as("%s", order).isEqualTo(expected);
    }
  }

  private static OutputDiff.Source<RawRow> source(TreeSet<RawRow> rows) {
    Iterator<RawRow> each = rows.iterator();
    return () -> each.hasNext() ? each.next() : null;
  }

  private static OutputDiff.Sink<RawRow> sink(Order order, List<String> said) {
    return new OutputDiff.Sink<>() {
      @Override
      public void both(RawRow legacy, RawRow stream) {
        assertThat(order.compare(legacy, stream)).isZero();
        said.add("both " + legacy.id());
      }

      @Override
      public void onlyLegacy(RawRow legacy) {
        said.add("legacy " + legacy.id());
      }

      @Override
      public void onlyStream(RawRow stream) {
        said.add("stream " + stream.id());
      }
    };
  }

  private static final byte[] NOTHING = {};

  private static RawRow row(long id, long stamp) {
    return new RawRow(new RecordId(0, id), stamp, RouteReason.FLAG, NOTHING, 0, 0);
  }

  @Test
  void nextPageTakesHalfASecondAsFarAsThePageBeforeTells() {
    PageSize size = new PageSize();
    assertThat(size.rows()).isEqualTo(10_000);
    size.took(0, Duration.ofSeconds(9));
    assertThat(size.rows()).as("an empty page tells nothing").isEqualTo(10_000);
    size.took(10_000, Duration.ofSeconds(1));
    assertThat(size.rows()).isEqualTo(5_000);
    size.took(5_000, Duration.ofMillis(250));
    assertThat(size.rows()).isEqualTo(10_000);
    size.took(10_000, Duration.ofMillis(1));
    assertThat(size.rows()).as("four times at most").isEqualTo(40_000);
    size.took(1, Duration.ZERO);
    size.took(1, Duration.ZERO);
    assertThat(size.rows()).isEqualTo(PageSize.LARGEST);
    size.took(1, Duration.ofHours(1));
    assertThat(size.rows()).isEqualTo(PageSize.SMALLEST);
  }
}
