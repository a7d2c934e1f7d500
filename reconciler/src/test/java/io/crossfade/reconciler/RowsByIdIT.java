package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.verdict.Verdict;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A system's first start at {@code legacy}, then shadow; windows that are much of their table. */
class RowsByIdIT {

  private static final int UPLOADS = 250;
  private static final int LOST = 16;
  private static final String FUTURE =
      "UPDATE t_common_event SET route_reason = 'NOT_YET' WHERE id = x'%s'";

  private final TestOutputs outputs = new TestOutputs();
  private final List<AcceptedRecord> events = new ArrayList<>();

  @AfterEach
  void close() {
    outputs.close();
  }

  /** They were all "not mirrored" once: rows read by id had no stamp to ask the history with. */
  @ParameterizedTest
  @ValueSource(strings = {"legacy", "stream"})
  void whatOneOutputLostAfterAStartAtLegacyIsNamed(String side) throws Exception {
    upload();
    shadowSince(acceptedAt(events.getFirst()).minusSeconds(600));
    boolean ofLegacy = side.equals("legacy");
    lose(ofLegacy ? outputs.legacy() : outputs.stream());
    TestOutputs.update(
        outputs.legacy(), "UPDATE t_common_event SET altitude = 7 ORDER BY id DESC LIMIT 5");
    ComparisonResult result = compare();
    assertThat(orders()).isEqualTo("BY_ID");
    assertThat(
            result.count(
                ofLegacy ? DifferenceClass.MISSING_IN_LEGACY : DifferenceClass.MISSING_IN_STREAM))
        .isEqualTo(LOST);
    assertThat(result.count(DifferenceClass.FIELDS_DIFFER)).isEqualTo(5);
    KindFigures figures = Objects.requireNonNull(result.figures().get(Kind.EVENT));
    assertThat(figures.notMirrored()).isZero();
    assertThat(figures.urgentMissing()).isEqualTo(1);
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void whatWasAcceptedBeforeShadowIsStillNotMirrored() throws Exception {
    upload();
    shadowSince(acceptedAt(events.getLast()).plusSeconds(600));
    lose(outputs.stream());
    KindFigures figures = Objects.requireNonNull(compare().figures().get(Kind.EVENT));
    assertThat(orders()).isEqualTo("BY_ID");
    assertThat(figures.notMirrored()).isEqualTo(LOST);
    assertThat(figures.compared()).isEqualTo(UPLOADS - LOST);
    assertThat(figures.unexplained()).isZero();
  }

  /** Written by a newer release beside this one: it stopped every comparison once. */
  @ParameterizedTest
  @EnumSource(
      value = Origin.class,
      names = {"ON_DEMAND", "ROLLING"})
  void rowOfAnUnknownReasonIsAFindingOfThatRow(Origin origin) throws Exception {
    upload();
    shadowSince(acceptedAt(events.getFirst()).minusSeconds(600));
    AcceptedRecord one = events.get(40);
    AcceptedRecord other = events.get(41);
    TestOutputs.update(outputs.legacy(), FUTURE.formatted(one.acceptance().id()));
    TestOutputs.update(outputs.stream(), FUTURE.formatted(other.acceptance().id()));
    ComparisonResult result = compare(origin);
    assertThat(result.count(DifferenceClass.UNREADABLE)).isEqualTo(2);
    assertThat(result.compared(Kind.EVENT)).isEqualTo(UPLOADS);
    assertThat(result.unexplained(Kind.EVENT)).isEqualTo(2);
    assertThat(result.of(Kind.EVENT).getFirst().samples())
        .extracting(Difference::id, Difference::columns)
        .containsExactlyInAnyOrder(
            Tuple.tuple(one.acceptance().id(), "route_reason"),
            Tuple.tuple(other.acceptance().id(), "route_reason"));
  }

  /** Nothing is asked of a window that was not copied but its counts, which cannot name a row. */
  @Test
  void rowOfAnUnknownReasonIsFoundAmongThoseThatAreOnlyCounted() throws Exception {
    upload();
    shadowSince(acceptedAt(events.getLast()).plusSeconds(600));
    RecordId alone = events.get(LOST - 1).acceptance().id();
    lose(outputs.stream());
    TestOutputs.update(outputs.legacy(), FUTURE.formatted(alone));
    ComparisonResult result = compare(Origin.ROLLING);
    assertThat(result.count(DifferenceClass.UNREADABLE)).isEqualTo(1);
    assertThat(result.of(Kind.EVENT).getFirst().samples().getFirst().id()).isEqualTo(alone);
    assertThat(result.of(Kind.EVENT).getFirst().notMirrored()).isEqualTo(LOST - 1);
  }

  @Test
  void impossibleValueIsAFindingOfThatRow() throws Exception {
    upload();
    shadowSince(acceptedAt(events.getFirst()).minusSeconds(600));
    RecordId spoilt = events.get(40).acceptance().id();
    try (Connection connection = outputs.stream().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION sql_mode = ''");
      statement.executeUpdate(
          "UPDATE t_common_event SET `timestamp` = '0000-00-00 00:00:00' WHERE id = x'%s'"
              .formatted(spoilt));
      connection.commit();
    }
    ComparisonResult result = compare(Origin.ON_DEMAND);
    assertThat(result.unexplained(Kind.EVENT)).isEqualTo(1);
    Difference found = result.of(Kind.EVENT).getFirst().samples().getFirst();
    assertThat(found.kind()).isEqualTo(DifferenceClass.UNREADABLE);
    assertThat(found.id()).isEqualTo(spoilt);
    assertThat(found.columns()).isEqualTo("timestamp");
  }

  private void upload() throws Exception {
    for (int second = 0; second < UPLOADS; second++) {
      events.add(SampleRecords.event("WATCH", second, second == LOST));
    }
    new Output(outputs.legacy()).write(events);
    new Output(outputs.stream()).write(events);
  }

  private void lose(DataSource output) {
    for (AcceptedRecord lost : events.subList(1, 1 + LOST)) {
      TestOutputs.update(
          output, "DELETE FROM t_common_event WHERE id = x'" + lost.acceptance().id() + "'");
    }
  }

  private ComparisonResult compare() throws Exception {
    return compare(Origin.ON_DEMAND);
  }

  private ComparisonResult compare(Origin origin) throws Exception {
    return TestReconciler.drained(outputs)
        .run(
            ComparisonRequest.all(
                origin,
                new ComparisonWindow(
                    acceptedAt(events.getFirst()).minusSeconds(1),
                    acceptedAt(events.getLast()).plusSeconds(1))));
  }

  private String orders() {
    return TestOutputs.number(
                outputs.control(),
                "SELECT COUNT(*) FROM comparison"
                    + " WHERE progress LIKE '%\"t_common_event\":{\"order\":\"BY_ID\"%'")
            == 1
        ? "BY_ID"
        : "BY_STAMP";
  }

  private void shadowSince(Instant at) {
    String sql =
        "INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason, forced,"
            + " flags_before, flags_after, evidence) VALUES ('%s', 1, 'EVENT', '%s', 'ann', 'test',"
            + " FALSE, '{\"dualWrite\":false}', '{\"dualWrite\":%s}', '{}')";
    TestOutputs.update(
        outputs.control(), sql.formatted(utc(at.minusSeconds(60)), "INITIAL", false));
    TestOutputs.update(outputs.control(), sql.formatted(utc(at), "OPERATOR", true));
  }

  private static LocalDateTime utc(Instant at) {
    return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
  }

  private static Instant acceptedAt(AcceptedRecord accepted) {
    return AcceptanceStamp.instantOf(accepted.acceptance().stamp());
  }
}
