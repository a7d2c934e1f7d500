package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A Redis that is the primary no longer and keeps its connections, behind a name that leads to the
 * next one: whoever goes on asking it gets refusals for ever.
 */
class DemotedServerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private TestRedis before;
  private TestRedis next;
  private CutLink name;
  private TestOutputs outputs;

  @BeforeEach
  void start() {
    outputs = new TestOutputs(TestDatabase.newSchemas());
    before = new TestRedis();
    next = new TestRedis();
    next.command(admin -> admin.replicaof("127.0.0.1", before.port()));
    name = new CutLink(before.port());
  }

  @AfterEach
  void stop() throws Exception {
    outputs.close();
    name.close();
    next.close();
    before.close();
  }

  @Test
  void demotedServerIsLeftThoughItKeepsItsConnections() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.consume(Kind.HEALTH);
      harness.append(health("BEFORE"));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows()).isEqualTo(100));
      await().atMost(PATIENCE).until(this::follows);
      next.command(admin -> admin.replicaofNoOne());
      name.redirect(next.port());
      before.command(admin -> admin.replicaof("127.0.0.1", next.port()));

      appendUntilTaken(harness, "AFTER");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows()).isEqualTo(200));
      await("nothing is left pending")
          .atMost(PATIENCE)
          .until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM dead_letter"))
          .isZero();
    }
  }

  /** It answers reads, so only what writes is refused: groups that are made, entries trimmed. */
  @Test
  void questionsGoToTheNextServerToo() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.append(health("BEFORE"));
      harness.links.text().ping();
      harness.links.binary().ping().get();
      next.command(admin -> admin.replicaofNoOne());
      name.redirect(next.port());
      before.command(admin -> admin.replicaof("127.0.0.1", next.port()));

      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () -> {
                harness.links.leaveReplica();
                harness.groups.ensure(StreamName.EVENT);
                return true;
              });
      assertThat(harness.links.text().role().getFirst()).isEqualTo("master");
    }
  }

  private StreamHarness harness() {
    return new StreamHarness(
        RedisURI.create("127.0.0.1", name.port()), StreamHarness.settings(false, 1), outputs);
  }

  private void appendUntilTaken(StreamHarness harness, String device) {
    await()
        .atMost(PATIENCE)
        .until(() -> harness.appender.append(health(device)).handle((ids, e) -> e == null).get());
  }

  private boolean follows() {
    boolean[] follows = {false};
    next.command(admin -> follows[0] = admin.info("replication").contains("master_link_status:up"));
    return follows[0];
  }

  private long rows() throws Exception {
    return TestOutputs.count(outputs.stream(), Kind.HEALTH);
  }

  private static List<AcceptedRecord> health(String device) {
    return IntStream.range(0, 100)
        .<AcceptedRecord>mapToObj(i -> SampleRecords.health(device, i))
        .toList();
  }
}
