package io.crossfade.reconciler.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.reconciler.accounting.AccountBook.Counts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountantIT {

  private static final int RECORDS = 10_000;
  private static final int AT_ONCE = 500;

  /** At both ends, and at both sides of where one piece ends and the next begins. */
  private static final Set<Integer> LOST = Set.of(0, 4_095, 4_096, 8_191, 8_192, RECORDS - 1);

  private static final int REPEATED = 5_000;

  @Test
  void everyAcceptanceIsAccountedFor(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("1" + JournalDirectory.SUFFIX);
    JournalSegment segment = JournalSegment.create(file, RECORDS, null);
    List<AcceptedRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      AcceptedRecord accepted = SampleRecords.event("ACCOUNT", i, false);
      records.add(accepted);
      assertThat(
              segment.add(
                  accepted.kind(),
                  DeliveryPath.STREAM,
                  accepted.acceptance().stamp(),
                  accepted.acceptance().id()))
          .isTrue();
    }
    try (TestOutputs outputs = new TestOutputs()) {
      Output output = new Output(outputs.stream());
      for (int from = 0; from < RECORDS; from += AT_ONCE) {
        List<AcceptedRecord> batch = new ArrayList<>();
        for (int i = from; i < from + AT_ONCE; i++) {
          if (!LOST.contains(i)) {
            batch.add(records.get(i));
          }
        }
        output.write(batch);
      }
      TestOutputs.update(
          outputs.stream(),
          "UPDATE t_common_event SET stamp = stamp - 1048576 WHERE id = x'%s'"
              .formatted(
                  HexFormat.of().formatHex(records.get(REPEATED).acceptance().id().bytes())));
      Accountant.Result result =
          new Accountant(
                  outputs.legacy(),
                  outputs.stream(),
                  new DeadLetters(outputs.control()),
                  new RefusedRecords(outputs.control()))
              .account(file, "one", null);
      assertThat(sum(result, of -> of.accepted)).isEqualTo(RECORDS);
      assertThat(sum(result, of -> of.written)).isEqualTo(RECORDS - LOST.size() - 1);
      assertThat(sum(result, of -> of.repeated)).isEqualTo(1);
      assertThat(sum(result, of -> of.lostOnBoth)).isEqualTo(LOST.size());
      assertThat(result.lost())
          .extracting("id")
          .containsExactlyInAnyOrderElementsOf(
              LOST.stream().map(i -> records.get(i).acceptance().id()).toList());
    }
  }

  private static long sum(Accountant.Result result, ToLongFunction<Counts> figure) {
    return result.counts().values().stream().mapToLong(figure).sum();
  }
}
