package io.crossfade.db.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetterDesk.Filter;
import io.crossfade.db.control.DeadLetterDesk.Kept;
import io.crossfade.db.control.DeadLetterDesk.Place;
import io.crossfade.db.control.DeadLetterDesk.State;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class LetterQuotaIT {

  private static final Filter ALL = new Filter(null, null, null, null);
  private static final long MOST = 20 * (LetterQuota.ROW_BYTES + 100L);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TestOutputs outputs;
  private DeadLetterDesk desk;
  private Instant now = Instant.parse("2026-11-26T00:00:00Z");

  @BeforeEach
  void open() {
    outputs = new TestOutputs();
    desk = new DeadLetterDesk(outputs.control());
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void minuteHasRoomForSoManyItemsThatAreNoRecords() throws Exception {
    DeadLetters letters = letters(5, MOST);
    assertThat(letters.keep(items(0, 4))).isEqualTo(4);
    assertThat(letters.keep(items(4, 8))).isEqualTo(1);
    assertThat(letters.keep(List.of(refused(1)))).as("a record is none of these").isEqualTo(1);
    assertThat(dropped(Source.INTAKE, "per-minute")).isEqualTo(3);
    now = now.plusSeconds(59);
    assertThat(letters.keep(items(8, 9))).isZero();
    now = now.plusSeconds(1);
    assertThat(letters.keep(items(9, 10))).isEqualTo(1);
    assertThat(number("SELECT COUNT(*) FROM dead_letter")).isEqualTo(7);
  }

  @Test
  void whatDevicesMakeUpTakesNoRoomFromRecords() throws Exception {
    DeadLetters letters = letters(1_000, MOST);
    assertThat(letters.keep(items(0, 50))).isEqualTo(20);
    assertThat(dropped(Source.INTAKE, "total")).isEqualTo(30);
    assertThat(letters.keep(List.of(refused(1), refused(2)))).isEqualTo(2);
    assertThat(dropped(Source.STREAM, "total")).isZero();
    assertThat(number("SELECT COUNT(*) FROM lost_record")).as("no item is a record").isZero();
  }

  @Test
  void recordWithoutRoomIsNotedAsLostAndWhy() throws Exception {
    DeadLetters letters = letters(1_000, DataSize.ofKilobytes(1).toBytes());
    List<Letter> three = List.of(refused(1), refused(2), refused(3));
    assertThat(letters.keep(three)).isEqualTo(1);
    assertThat(dropped(Source.STREAM, "total")).isEqualTo(2);
    List<RecordId> ids = three.stream().map(Letter::key).toList();
    assertThat(new LostRecords(outputs.control()).among(DeliveryPath.STREAM, ids))
        .containsOnlyKeys(ids.get(1), ids.get(2))
        .containsValue(LostRecords.How.LETTER_OVER_QUOTA);
    assertThat(new LostRecords(outputs.control()).among(DeliveryPath.LEGACY, ids)).isEmpty();

    assertThat(letters.keep(three)).as("the one that is known dies again").isEqualTo(1);
    assertThat(number("SELECT attempts FROM dead_letter")).isEqualTo(2);
    assertThat(number("SELECT COUNT(*) FROM lost_record")).isEqualTo(2);
  }

  @Test
  void lettersThatCouldNotBeKeptTakeNothingOfTheQuota() throws Exception {
    DeadLetters letters = letters(10, MOST);
    assertThat(letters.keep(items(0, 1))).isEqualTo(1);
    String schema = TestDatabase.nameOf(outputs.settings().control());
    TestDatabase.execute("RENAME TABLE %1$s.dead_letter TO %1$s.gone".formatted(schema));
    for (int tries = 0; tries < 12; tries++) {
      assertThatThrownBy(() -> letters.keep(items(1, 10))).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> letters.keep(List.of(refused(1)))).isInstanceOf(SQLException.class);
    }
    TestDatabase.execute("RENAME TABLE %1$s.gone TO %1$s.dead_letter".formatted(schema));
    assertThat(letters.keep(items(1, 10))).as("the same ones come again").isEqualTo(9);
    assertThat(letters.keep(List.of(refused(1)))).isEqualTo(1);
    assertThat(dropped(Source.INTAKE, "per-minute") + dropped(Source.STREAM, "total")).isZero();
    assertThat(letters.keep(items(10, 12))).as("the minute is full now").isZero();
  }

  @Test
  void whatOthersKeptIsSeenAfterAWhile() throws Exception {
    DeadLetters one = letters(1_000, MOST);
    assertThat(one.keep(items(0, 10))).isEqualTo(10);
    assertThat(letters(1_000, MOST).keep(items(10, 20))).isEqualTo(10);
    assertThat(one.keep(items(20, 21))).as("not seen yet").isEqualTo(1);
    now = now.plusSeconds(10);
    assertThat(one.keep(items(21, 25))).isZero();
  }

  @Test
  void closedLettersMakeRoom() throws Exception {
    DeadLetters letters = letters(1_000, MOST);
    letters.keep(items(0, 21));
    letters.keep(List.of(refused(1)));
    Filter intake = new Filter(Source.INTAKE, null, State.OPEN, "r");
    assertThat(desk.discard(intake, 7, "ann", "a test").letters()).isEqualTo(7);
    assertThat(desk.discard(new Filter(null, Kind.EVENT, null, "other"), 7, "ann", "x").letters())
        .isZero();
    now = now.plus(Duration.ofSeconds(11));
    assertThat(letters.keep(items(30, 40))).isEqualTo(7);
    assertThat(number("SELECT COUNT(*) FROM dead_letter WHERE state <> 'OPEN'")).isZero();
    assertThat(number("SELECT COUNT(*) FROM dead_letter WHERE source = 'INTAKE'")).isEqualTo(20);
  }

  @Test
  void longBodyIsClippedAndSaysSo() throws Exception {
    DeadLetters letters =
        new DeadLetters(
            outputs.control(),
            new LetterQuota(
                new LetterSettings(10, DataSize.ofMegabytes(1), DataSize.ofKilobytes(2)),
                () -> now,
                meters));
    Letter letter = item("x".repeat(3_000));
    letters.keep(List.of(letter));
    Kept kept = desk.find(Source.INTAKE, letter.key()).orElseThrow();
    assertThat(kept.bytes()).isEqualTo(2_048);
    assertThat(kept.letter().body()).hasSize(2_048);
    assertThat(kept.letter().reason()).isEqualTo("2048 of 3000 bytes kept: r");
    assertThat(desk.newest(ALL, 1, null).getFirst().letter().body())
        .hasSize(DeadLetterDesk.BEGINNING);
  }

  /** Whatever comes, dies again or is closed, in whatever order: never more than the quota. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tableStaysWithinTheQuota(long seed) throws Exception {
    Random random = new Random(seed);
    DeadLetters letters = letters(1_000_000, MOST);
    int counted = 0;
    for (int step = 0; step < 200; step++) {
      now = now.plusSeconds(random.nextInt(8));
      int from = random.nextInt(60);
      if (random.nextInt(10) == 0) {
        desk.discard(ALL, random.nextInt(8), "ann", "seed " + seed);
      } else {
        List<Letter> some = items(from, from + random.nextInt(6));
        counted += some.size() - letters.keep(some);
      }
      assertThat(number("SELECT SUM(LENGTH(body) + 512) FROM dead_letter"))
          .as("seed %d, step %d", seed, step)
          .isLessThanOrEqualTo(MOST);
    }
    assertThat(dropped(Source.INTAKE, "total")).isEqualTo(counted).isPositive();
  }

  /** Letters die while somebody turns the pages. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void pagesShowEachLetterOnceWhateverComesMeanwhile(long seed) throws Exception {
    Random random = new Random(seed);
    DeadLetters letters = letters(1_000_000, Long.MAX_VALUE / 2);
    List<Letter> all = new ArrayList<>(items(0, 40));
    for (int i = 0; i < 20; i++) {
      all.add(refused(i));
    }
    letters.keep(all);
    // Many of one moment: the order is that of the source and the key then.
    TestOutputs.update(
        outputs.control(),
        "UPDATE dead_letter SET last_at = '2026-11-01 00:00:00' + INTERVAL (ORD(dead_key) % 3)"
            + " SECOND");
    Set<RecordId> seen = new LinkedHashSet<>();
    Place after = null;
    int next = 100;
    List<Kept> page;
    do {
      page = desk.newest(ALL, 1 + random.nextInt(7), after);
      for (Kept kept : page) {
        assertThat(seen.add(kept.letter().key())).as("seed %d", seed).isTrue();
        after = Place.parse(kept.place().toString()).orElseThrow();
      }
      letters.keep(items(next, ++next));
    } while (!page.isEmpty());
    assertThat(seen).containsExactlyInAnyOrderElementsOf(all.stream().map(Letter::key).toList());
    assertThat(Place.parse("x~y~z")).isEmpty();
  }

  private DeadLetters letters(int perMinute, long most) {
    return new DeadLetters(
        outputs.control(),
        new LetterQuota(
            new LetterSettings(perMinute, DataSize.ofBytes(most), DataSize.ofKilobytes(64)),
            () -> now,
            meters));
  }

  private static List<Letter> items(int from, int to) {
    List<Letter> items = new ArrayList<>();
    for (int i = from; i < to; i++) {
      items.add(item("%0100d".formatted(i)));
    }
    return items;
  }

  private static Letter item(String body) {
    return Letter.unreadable(
        Source.INTAKE, Kind.HEALTH, "r", 1, BodyFormat.JSON, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Letter refused(int number) {
    return Letter.rejected(
        Source.STREAM,
        new Output.Rejection(SampleRecords.event("REFUSED", number, false), "too long"),
        1);
  }

  private double dropped(Source source, String reason) {
    return meters
        .get(LetterMeter.DROPPED.id())
        .tag("source", source.label())
        .tag("reason", reason)
        .counter()
        .count();
  }

  private long number(String sql) {
    return TestOutputs.number(outputs.control(), sql);
  }
}
