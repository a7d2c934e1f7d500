package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TestOutputs;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.models.stream.PendingMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;

/**
 * One world of both paths from a seed: uploads, repeats, flips, appends that time out, consumers
 * that die anywhere, claims, groups that vanish, trimming, a process that is killed. The stream,
 * its consumers' steps and both outputs are the real ones, moved one step at a time; the memory
 * queue is a list. What must hold is kept beside it in plain collections.
 */
final class PathsModel {

  /** How uploads are routed. */
  private enum Stage {
    LEGACY,
    SHADOW,
    CANARY,
    COMPLETE
  }

  /** A consumer, with what it was given and has not acknowledged. */
  private record Member(String name, StreamReader reader, Deque<EntryBatch> inHand) {}

  private static final int ACTIONS = 40;
  private static final int ATTEMPTS = 60;
  private static final int DEVICES = 3;
  private static final int SECONDS = 8;
  private static final StreamName STREAM = StreamName.HEALTH;

  private final long seed;
  private final Random random;
  private final StreamHarness harness;
  private final TestOutputs outputs;
  private final Output legacy;
  private final Output stream;
  private final List<String> told = new ArrayList<>();

  private final Deque<AcceptedRecord> queue = new ArrayDeque<>();
  private final List<Member> members = new ArrayList<>();
  private Stage stage = Stage.LEGACY;
  private long stamp;
  private int names;

  /** By id, the acceptances that each path was given for good; and those that died in memory. */
  private final Map<RecordId, List<Acceptance>> givenToStream = new HashMap<>();

  private final Map<RecordId, List<Acceptance>> givenToLegacy = new HashMap<>();
  private final Map<RecordId, List<Acceptance>> lost = new HashMap<>();

  /** Accepted, by whichever path. */
  private final Set<RecordId> answered = new HashSet<>();

  /** Entries of the stream and the record that each holds. */
  private final Map<String, AcceptedRecord> entries = new LinkedHashMap<>();

  PathsModel(long seed, StreamHarness harness, TestOutputs outputs) {
    this.seed = seed;
    this.random = new Random(seed);
    this.harness = harness;
    this.outputs = outputs;
    this.legacy = new Output(outputs.legacy());
    this.stream = new Output(outputs.stream());
    this.stamp = (1_757_808_900_000L + seed * 1_000) << 20;
  }

  /** Runs it to its end, and says what happened when something does not hold. */
  void run() throws Exception {
    try {
      asked(this::ensureGroup);
      for (int i = 0; i < ACTIONS; i++) {
        act();
        if (i % 10 == 9) {
          whatIsAcknowledgedHasItsRow();
        }
      }
      quiesce();
      whatIsAcknowledgedHasItsRow();
      everythingIsAccountedFor();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "seed %d: %s%n%s".formatted(seed, e, String.join(System.lineSeparator(), told)), e);
    }
  }

  private void act() throws Exception {
    switch (random.nextInt(20)) {
      case 0, 1 -> flip();
      case 2, 3, 4, 5, 6, 7 -> accept();
      case 8, 9 -> read();
      case 10, 11 -> write();
      case 12 -> dieAfterCommit();
      case 13 -> dieBeforeCommit();
      case 14, 15 -> claim();
      case 16 -> drainQueue();
      case 17 -> trim();
      case 18 -> loseGroup();
      default -> killProcess();
    }
  }

  private void flip() {
    stage = Stage.values()[random.nextInt(Stage.values().length)];
    tell("flip to %s", stage);
  }

  /** A new record, or a repeat of one, which has its id and a later stamp. */
  private void accept() throws Exception {
    HealthData sample =
        SampleRecords.health("M" + seed + "-" + random.nextInt(DEVICES), random.nextInt(SECONDS));
    AcceptedRecord accepted = stamped(sample, RouteReason.FLAG);
    switch (stage) {
      case LEGACY -> offer(accepted);
      case SHADOW -> {
        offer(accepted);
        append(stamped(accepted, RouteReason.MIRROR));
      }
      case CANARY -> {
        if (append(accepted)) {
          offer(stamped(accepted, RouteReason.MIRROR));
        } else {
          offer(stamped(accepted, RouteReason.STREAM_UNAVAILABLE));
        }
      }
      case COMPLETE -> {
        if (!append(accepted)) {
          offer(stamped(accepted, RouteReason.STREAM_UNAVAILABLE));
        }
      }
    }
    answered.add(accepted.acceptance().id());
  }

  private AcceptedRecord stamped(HealthData sample, RouteReason reason) {
    stamp += 1 + random.nextInt(3);
    return with(sample, new Acceptance(sample.acceptance().id(), stamp, reason));
  }

  private static AcceptedRecord stamped(AcceptedRecord accepted, RouteReason reason) {
    return accepted.because(reason);
  }

  private static AcceptedRecord with(HealthData sample, Acceptance acceptance) {
    return new HealthData(
        acceptance,
        sample.deviceSn(),
        sample.timestamp(),
        sample.owner(),
        sample.heartRate(),
        sample.bloodOxygen(),
        sample.temperature(),
        sample.pressureHigh(),
        sample.pressureLow(),
        sample.stress(),
        sample.step(),
        sample.distance(),
        sample.calorie(),
        sample.sleep(),
        sample.position(),
        sample.uploadMethod(),
        sample.facts());
  }

  private void offer(AcceptedRecord accepted) {
    queue.add(accepted);
    tell("offer %s", accepted.acceptance());
  }

  /**
   * Confirmed; or timed out, and then it is in the stream all the same or not.
   *
   * @return whether the router was told that it is
   */
  private boolean append(AcceptedRecord accepted) throws Exception {
    int fate = random.nextInt(10);
    if (fate == 0) {
      tell("append %s is lost", accepted.acceptance());
      return false;
    }
    List<AcceptedRecord> one = List.of(accepted);
    String entry =
        (random.nextBoolean() ? harness.appender.append(one) : harness.appender.appendCopies(one))
            .get(60, TimeUnit.SECONDS)
            .getFirst();
    entries.put(entry, accepted);
    given(givenToStream, accepted);
    tell("append %s as %s%s", accepted.acceptance(), entry, fate == 1 ? ", timed out" : "");
    return fate != 1;
  }

  private void read() throws Exception {
    if (members.size() < 3) {
      String name = "m" + seed + "-" + ++names;
      members.add(
          new Member(
              name,
              new StreamReader(
                  Kind.HEALTH, name, harness.links.link(), harness.settings, harness.budget),
              new ArrayDeque<>()));
    }
    Member member = someone();
    if (asked(() -> harness.health.waiting(STREAM, 1)) == 0) {
      return;
    }
    StreamReader.Reply reply =
        get(member.reader().unread(1 + random.nextInt(4), member.reader().bound()));
    reply.lease().close(); // memory is not modelled
    member.inHand().addAll(reply.batches());
    tell("%s reads %s", member.name(), ids(reply.batches()));
  }

  private void write() throws Exception {
    if (members.isEmpty()) {
      return;
    }
    Member member = someone();
    EntryBatch batch = member.inHand().poll();
    if (batch != null) {
      get(harness.handler.handle(batch, member.name(), false, () -> false).orElseThrow());
      tell("%s writes and acknowledges %s", member.name(), batch.ids());
    }
  }

  private void dieAfterCommit() throws Exception {
    if (members.isEmpty()) {
      return;
    }
    Member member = someone();
    for (EntryBatch batch : member.inHand()) {
      assertThat(stream.writeIsolating(batch.batch())).isEmpty();
    }
    die(member, "after its commit");
  }

  private void dieBeforeCommit() {
    if (!members.isEmpty()) {
      die(someone(), "before its commit");
    }
  }

  private void die(Member member, String when) {
    members.remove(member);
    member.reader().disconnect();
    tell("%s dies %s of %s", member.name(), when, ids(List.copyOf(member.inHand())));
  }

  /** Also from one that lives: whoever is slow looks dead. */
  private void claim() throws Exception {
    if (members.isEmpty()) {
      return;
    }
    Member member = someone();
    List<PendingMessage> pending =
        get(member.reader().pending(STREAM, StreamReader.FIRST, /* own= */ false, 5));
    List<String> ids = pending.stream().map(PendingMessage::getId).toList();
    if (!ids.isEmpty()) {
      StreamReader.Reply reply =
          get(member.reader().take(STREAM, ids, /* own= */ false, member.reader().bound()));
      reply.lease().close(); // memory is not modelled
      member.inHand().addAll(reply.batches());
      tell("%s claims %s", member.name(), ids(reply.batches()));
    }
  }

  private void drainQueue() throws Exception {
    List<AcceptedRecord> batch = new ArrayList<>();
    int most = 1 + random.nextInt(6);
    while (!queue.isEmpty() && batch.size() < most) {
      batch.add(queue.poll());
    }
    if (!batch.isEmpty()) {
      assertThat(legacy.writeIsolating(batch)).isEmpty();
      batch.forEach(accepted -> given(givenToLegacy, accepted));
      tell("the queue writes %d", batch.size());
    }
  }

  private void trim() throws Exception {
    tell("trim %d", asked(() -> harness.trim(STREAM)));
  }

  /** Somebody destroyed it: all that is still in the stream comes again. */
  private void loseGroup() throws Exception {
    asked(
        () ->
            harness.links.text().xgroupDestroy(harness.settings.key(STREAM), StreamSettings.GROUP));
    asked(this::ensureGroup);
    tell("the group is lost and made anew");
  }

  /** What the queue held is lost, and that is known; no consumer of this process lives on. */
  private void killProcess() {
    queue.forEach(accepted -> given(lost, accepted));
    tell("the process is killed with %d records in memory", queue.size());
    queue.clear();
    List.copyOf(members).forEach(member -> die(member, "with its process"));
  }

  /** Everybody gets on: what is pending is claimed, what waits is read. */
  private void quiesce() throws Exception {
    tell("quiesce");
    while (!queue.isEmpty()) {
      drainQueue();
    }
    List.copyOf(members).forEach(member -> die(member, "at the stop"));
    harness.consume(Kind.HEALTH);
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> asked(() -> harness.drained(STREAM)));
    harness.stopConsumers();
  }

  /** Invariant 4. */
  private void whatIsAcknowledgedHasItsRow() throws Exception {
    StreamState state = asked(() -> harness.look.at(STREAM));
    EntryId delivered = state.ours().orElseThrow().lastDelivered();
    Set<String> pending = new HashSet<>();
    asked(
            () ->
                harness
                    .links
                    .text()
                    .xpending(
                        harness.settings.key(STREAM),
                        StreamSettings.GROUP,
                        Range.unbounded(),
                        Limit.from(10_000)))
        .forEach(message -> pending.add(message.getId()));
    List<RecordId> acknowledged = new ArrayList<>();
    entries.forEach(
        (id, accepted) -> {
          if (EntryId.parse(id).compareTo(delivered) <= 0 && !pending.contains(id)) {
            acknowledged.add(accepted.acceptance().id());
          }
        });
    assertThat(rows(outputs.stream(), acknowledged).keySet())
        .as("rows of acknowledged entries")
        .containsAll(acknowledged);
  }

  /** Invariants 1, 2, 5 and 8. */
  private void everythingIsAccountedFor() throws Exception {
    exactly("stream", givenToStream, rows(outputs.stream(), answered));
    exactly("legacy", givenToLegacy, rows(outputs.legacy(), answered));
    for (RecordId id : answered) {
      assertThat(
              givenToStream.containsKey(id)
                  || givenToLegacy.containsKey(id)
                  || lost.containsKey(id))
          .as("%s is written or reported as lost", id)
          .isTrue();
    }
    assertThat(harness.count(StreamMeter.DEAD, STREAM)).as("dead letters").isZero();
    asked(() -> harness.trim(STREAM));
    assertThat(asked(() -> harness.health.stats(STREAM)).length()).isLessThanOrEqualTo(1);
  }

  /** One row for each id, with the stamp and the reason of the first acceptance. */
  private static void exactly(
      String path, Map<RecordId, List<Acceptance>> given, Map<RecordId, StoredRow> rows) {
    assertThat(rows.keySet()).as("rows of the %s output", path).isEqualTo(given.keySet());
    rows.forEach(
        (id, row) -> {
          Acceptance first =
              Objects.requireNonNull(given.get(id)).stream()
                  .min(Comparator.comparingLong(Acceptance::stamp))
                  .orElseThrow();
          assertThat(row.stamp())
              .as("stamp of %s in the %s output", id, path)
              .isEqualTo(first.stamp());
          assertThat(given.get(id))
              .as("acceptances of %s by the %s path", id, path)
              .contains(new Acceptance(id, row.stamp(), Objects.requireNonNull(row.reason())));
        });
  }

  private static Map<RecordId, StoredRow> rows(DataSource output, Collection<RecordId> ids)
      throws Exception {
    return new OutputScan(output, OutputTables.of(Kind.HEALTH).getFirst())
        .find(List.copyOf(new HashSet<>(ids)));
  }

  private static void given(Map<RecordId, List<Acceptance>> to, AcceptedRecord accepted) {
    to.computeIfAbsent(accepted.acceptance().id(), id -> new ArrayList<>())
        .add(accepted.acceptance());
  }

  private boolean ensureGroup() {
    harness.groups.ensure(STREAM);
    return true;
  }

  /** A question that Redis had no time for is asked again, as the loops of a process do. */
  private static <T> T asked(Callable<T> question) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        return question.call();
      } catch (RedisCommandTimeoutException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Member someone() {
    return members.get(random.nextInt(members.size()));
  }

  private static List<String> ids(List<EntryBatch> batches) {
    return batches.stream().flatMap(batch -> batch.ids().stream()).toList();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void tell(String format, Object... arguments) {
    told.add(format.formatted(arguments));
  }
}
