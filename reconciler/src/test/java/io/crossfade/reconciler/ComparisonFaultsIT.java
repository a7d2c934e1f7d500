package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** A comparison whose database goes away, and comes back. */
class ComparisonFaultsIT {

  private static final ComparisonRequest ALWAYS =
      ComparisonRequest.all(
          Origin.ON_DEMAND,
          new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z")));

  @Test
  void databaseThatDiesMidRunCostsNothingButTime() throws Exception {
    try (CutLink link = new CutLink(TestDatabase.port());
        TestOutputs outputs = new TestOutputs(TestDatabase.newSchemasBehind(link))) {
      List<AcceptedRecord> records = new SampleRecords(7).crowded(30_000);
      new Output(outputs.legacy()).write(records);
      new Output(outputs.stream()).write(records);
      TestOutputs.update(
          outputs.stream(), "DELETE FROM t_user_health_data ORDER BY id DESC LIMIT 25");
      AtomicInteger pages = new AtomicInteger();
      Comparison dying =
          TestReconciler.drained(
              outputs,
              output -> {
                if (pages.incrementAndGet() == 4) {
                  link.cut();
                }
              });
      assertThatThrownBy(() -> dying.run(ALWAYS))
          .isInstanceOfAny(
              SQLException.class, TransactionException.class, DataAccessException.class);
      link.mend();

      ComparisonResult resumed =
          await("the pools to notice")
              .atMost(Duration.ofMinutes(3))
              .ignoreExceptions()
              .until(() -> TestReconciler.drained(outputs).run(ALWAYS), result -> true);
      assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM comparison"))
          .as("the same run goes on")
          .isEqualTo(1);
      ComparisonResult clean = TestReconciler.drained(outputs).run(ALWAYS);
      assertThat(resumed.tables()).isEqualTo(clean.tables());
      assertThat(resumed.count(DifferenceClass.MISSING_IN_STREAM)).isEqualTo(25);
    }
  }
}
