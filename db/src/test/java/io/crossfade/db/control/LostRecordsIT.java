package io.crossfade.db.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.LostRecords.Lost;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class LostRecordsIT {

  private static final int MOST = 50;

  private final TestOutputs outputs = new TestOutputs();
  private final LostRecords lost = new LostRecords(outputs.control());

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void manyOfOneKindHideNoneOfAnother() throws Exception {
    lose(Kind.HEALTH, DeliveryPath.LEGACY, 0, 3 * MOST);
    lose(Kind.EVENT, DeliveryPath.LEGACY, 1_000, 3);
    lose(Kind.DEVICE, DeliveryPath.LEGACY, 2_000, MOST - 1);
    assertThat(lost.foundLately(MOST))
        .containsEntry(Kind.HEALTH, MOST)
        .containsEntry(Kind.EVENT, 3)
        .containsEntry(Kind.DEVICE, MOST - 1);
  }

  @Test
  void recordThatBothPathsLostIsOne() throws Exception {
    lose(Kind.EVENT, DeliveryPath.LEGACY, 0, 10);
    lose(Kind.EVENT, DeliveryPath.STREAM, 5, 10);
    assertThat(lost.foundLately(MOST)).containsEntry(Kind.EVENT, 15);
    assertThat(lost.foundLately(12)).as("12 or more").containsEntry(Kind.EVENT, 12);
  }

  @Test
  void whatWasFoundTheDayBeforeIsNoNews() throws Exception {
    lose(Kind.EVENT, DeliveryPath.LEGACY, 0, 10);
    TestOutputs.update(
        outputs.control(), "UPDATE lost_record SET found_at = found_at - INTERVAL 25 HOUR LIMIT 4");
    assertThat(lost.foundLately(MOST)).containsEntry(Kind.EVENT, 6);
  }

  /** All who look at the console ask, whatever there is of it. */
  @Test
  void isAskedByIndex() throws Exception {
    lose(Kind.HEALTH, DeliveryPath.LEGACY, 0, 2_000);
    lose(Kind.EVENT, DeliveryPath.LEGACY, 5_000, 20);
    Map<String, Object> plan =
        JdbcClient.create(outputs.control())
            .sql("EXPLAIN " + LostRecords.FOUND_LATELY)
            .params(Kind.EVENT.name(), MOST)
            .query()
            .listOfRows()
            .stream()
            .filter(row -> "lost_record".equals(row.get("table")))
            .findFirst()
            .orElseThrow();
    assertThat(plan).containsEntry("key", "by_found_at");
    assertThat(String.valueOf(plan.get("Extra"))).as("reads no row").contains("Using index");
  }

  private void lose(Kind kind, DeliveryPath path, int from, int count) throws Exception {
    new ControlTransactions(outputs.control())
        .on(
            connection -> {
              LostRecords.keep(
                  connection,
                  IntStream.range(from, from + count)
                      .mapToObj(i -> new RecordId(i, i))
                      .map(id -> new Lost(id, kind, path, 1L << 40, "router-1", null))
                      .toList());
              return count;
            });
  }
}
