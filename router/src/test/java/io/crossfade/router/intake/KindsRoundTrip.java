package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DbSettings;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.DefinedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.KindDefinition;
import io.crossfade.db.Kinds;
import io.crossfade.db.Output;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordId;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.TestRows;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Sends samples of random kinds through JSON, entries and tables: what comes out is what went in.
 * Its process, or the class loader that stands for one, has these kinds for good.
 */
public final class KindsRoundTrip {

  private static final int KINDS = 60;
  private static final int RECORDS = 40;

  private KindsRoundTrip() {}

  /**
   * Tries kinds of a seed.
   *
   * @param schemas addresses of empty ones: control, legacy, stream
   * @param users who works with them and who makes tables
   * @return how many records went through JSON
   */
  public static int run(long seed, List<String> schemas, List<String> users, String password)
      throws Exception {
    List<KindDefinition> definitions = new ArrayList<>();
    RandomDefinitions.draw(new Random(seed), KINDS)
        .forEach(spec -> definitions.add(new DefinedKind(spec)));
    Kinds.use(definitions);
    List<DbSettings.Schema> all =
        schemas.stream()
            .map(url -> new DbSettings.Schema(url, users.getFirst(), password, 4))
            .toList();
    int written = 0;
    try (TestOutputs outputs =
        new TestOutputs(
            new DbSettings(
                all.get(0),
                all.get(1),
                all.get(2),
                true,
                new DbSettings.Credentials(users.getLast(), password)))) {
      for (Kind kind : Kind.values()) {
        written += check((DefinedKind) kind.definition(), seed, outputs);
      }
    }
    return written;
  }

  private static int check(DefinedKind kind, long seed, TestOutputs outputs) throws Exception {
    UploadReader reader = TestReader.create();
    Random random = new Random(seed);
    SampleRecords samples = new SampleRecords(seed);
    ItemWriter writer = new ItemWriter(kind.spec(), random);
    Map<RecordId, DefinedRecord> records = new LinkedHashMap<>();
    LocalDateTime start = LocalDateTime.of(2025, 1, 1, 0, 0);
    int sent = 0;
    for (int i = 0; i < RECORDS; i++) {
      DefinedRecord record =
          (DefinedRecord)
              kind.sample(samples, "DEV" + i % 7, start.plusSeconds(random.nextInt(15_000_000)));
      String what = "seed %d, %s, record %d: %s".formatted(seed, kind.spec(), i, record);
      assertSame(what, RecordCodec.decode(RecordCodec.encode(record)), record);
      Optional<ItemWriter.Sent> item = writer.write(record);
      if (item.isPresent()) {
        List<ItemWriter.Sent> items = List.of(item.get());
        JsonNode body = random.nextBoolean() ? writer.upload(items) : writer.wrapped(items);
        assertRead(what + "\nas " + body, reader, kind, body, record);
        sent++;
      }
      records.putIfAbsent(record.acceptance().id(), record);
    }
    assertThat(sent).as("%s written as JSON", kind.spec()).isGreaterThan(RECORDS / 4);
    assertStored(kind, List.copyOf(records.values()), outputs);
    return sent;
  }

  private static void assertRead(
      String what, UploadReader reader, DefinedKind kind, JsonNode body, DefinedRecord record)
      throws Exception {
    Upload upload = reader.read(kind.kind(), body.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(upload.troubles()).as(what).isEmpty();
    assertThat(upload.records()).as(what).hasSize(1);
    DefinedRecord read = (DefinedRecord) upload.records().getFirst();
    assertThat(read.acceptance().id()).as(what).isEqualTo(record.acceptance().id());
    assertSame(
        what,
        read,
        kind.record(
            read.acceptance(),
            kind.spec().time() == null ? read.timestamp() : record.timestamp(),
            record.values(),
            record.rows()));
  }

  /** Values with bytes among them, which have no equality of their own. */
  private static void assertSame(String what, AcceptedRecord read, DefinedRecord expected) {
    DefinedRecord one = (DefinedRecord) read;
    assertThat(plain(one.values())).as(what).isEqualTo(plain(expected.values()));
    assertThat(plain(one.rows())).as(what).isEqualTo(plain(expected.rows()));
    assertThat(one.acceptance()).as(what).isEqualTo(expected.acceptance());
    assertThat(one.deviceSn()).as(what).isEqualTo(expected.deviceSn());
    assertThat(one.timestamp()).as(what).isEqualTo(expected.timestamp());
    assertThat(one.owner()).as(what).isEqualTo(expected.owner());
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case List<?> list -> list.stream().map(KindsRoundTrip::plain).toList();
      case byte[] bytes -> Arrays.toString(bytes);
      default -> value;
    };
  }

  private static void assertStored(
      DefinedKind kind, List<DefinedRecord> records, TestOutputs outputs) throws Exception {
    new Output(outputs.stream()).write(records);
    Map<TestRows.Row, DefinedRecord> expected = new LinkedHashMap<>();
    for (DefinedRecord record : records) {
      TestRows.of(record).forEach(row -> expected.put(row, record));
    }
    int found = 0;
    for (OutputTable<?> table : kind.tables()) {
      List<RecordId> ids =
          expected.keySet().stream()
              .filter(row -> row.table().equals(table.name()))
              .map(TestRows.Row::id)
              .toList();
      Map<RecordId, StoredRow> rows = new OutputScan(outputs.stream(), table).find(ids);
      for (RecordId id : ids) {
        StoredRow row = Objects.requireNonNull(rows.get(id), () -> table.name() + " lacks " + id);
        String what = kind.spec() + ": " + row;
        assertThat(RowIdentity.of(table, row).row()).as(what).isEqualTo(id);
        if (!table.holdsStates()) {
          DefinedRecord record =
              Objects.requireNonNull(expected.get(new TestRows.Row(table.name(), id)));
          assertThat(RowIdentity.of(table, row).record())
              .as(what)
              .isEqualTo(record.acceptance().id());
          assertThat(RowIdentity.of(table, row).deviceSn()).as(what).isEqualTo(record.deviceSn());
        }
        found++;
      }
    }
    assertThat(found).as(kind.spec().toString()).isEqualTo(expected.size());
  }
}
