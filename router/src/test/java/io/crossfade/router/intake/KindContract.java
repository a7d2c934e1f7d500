package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DbSettings;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.Kind;
import io.crossfade.db.KindDefinition;
import io.crossfade.db.KindsSetting;
import io.crossfade.db.Output;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.TestRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What {@link KindContractTest} tries of kinds. The class loader of it, which is one of its own,
 * has these kinds for good.
 */
public final class KindContract implements AutoCloseable {

  private static final int MOST_ITEMS = 20_000;
  private static final int READERS = 4;
  private static final int ROUNDS = 5;
  private static final int SAMPLES = 200;
  private static final int DEVICES = 7;
  private static final int SECONDS = 60;
  private static final int MOST_AT_ONCE = 40;
  private static final LocalDateTime START = LocalDateTime.of(2025, 1, 1, 0, 0);

  /** Where an i in upper case has a dot, digits are others, and days begin at odd minutes. */
  private static final List<Locale> LOCALES =
      List.of(Locale.ROOT, Locale.of("tr", "TR"), Locale.forLanguageTag("ar-EG-u-nu-arab"));

  private static final List<String> ZONES = List.of("UTC", "Asia/Kathmandu", "America/St_Johns");

  /** An upload with what has to come of it. */
  private record Golden(Kind kind, Path upload, Path expected) {}

  private final Instant moment;
  private final List<Golden> golden = new ArrayList<>();
  private final Supplier<List<String>> database;
  private @Nullable TestOutputs outputs;

  /**
   * @param setting as {@code crossfade.kinds} has it
   * @param files from a kind's name to the directory with its golden files
   * @param moment when all is accepted
   * @param database asked once, when rows are written: addresses of three empty schemas (control,
   *     legacy, stream), who works with them, who makes tables, and the password of both
   */
  public KindContract(
      String setting, Function<String, Path> files, Instant moment, Supplier<List<String>> database)
      throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("contract", Map.of("crossfade.kinds", setting)));
    KindsSetting.use(environment);
    this.moment = moment;
    this.database = database;
    for (Kind kind : Kind.values()) {
      golden.addAll(golden(kind, files.apply(kind.label())));
    }
  }

  private TestOutputs outputs() {
    if (outputs == null) {
      List<String> said = database.get();
      List<DbSettings.Schema> schemas =
          said.subList(0, 3).stream()
              .map(url -> new DbSettings.Schema(url, said.get(3), said.get(5), 4))
              .toList();
      outputs =
          new TestOutputs(
              new DbSettings(
                  schemas.get(0),
                  schemas.get(1),
                  schemas.get(2),
                  true,
                  new DbSettings.Credentials(said.get(4), said.get(5))));
    }
    return outputs;
  }

  private static List<Golden> golden(Kind kind, Path directory) throws IOException {
    assertThat(directory).as("golden files of %s", kind.label()).isDirectory();
    try (Stream<Path> files = Files.list(directory)) {
      List<Golden> found =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .sorted()
              .map(
                  file ->
                      new Golden(
                          kind,
                          file,
                          file.resolveSibling(
                              file.getFileName().toString().replaceFirst("json$", "txt"))))
              .toList();
      assertThat(found).as("golden files of %s in %s", kind.label(), directory).isNotEmpty();
      return found;
    }
  }

  /**
   * What comes of each golden upload is what stands beside it.
   *
   * @param written directory for what stands nowhere yet
   */
  public void goldenFilesDecode(Path written) throws Exception {
    UploadReader reader = reader(0);
    SoftAssertions all = new SoftAssertions();
    for (Golden one : golden) {
      String said = said(reader, one);
      String expected = Files.exists(one.expected()) ? Files.readString(one.expected()) : "";
      if (!said.equals(expected)) {
        Path copy =
            Files.createDirectories(written.resolve(one.kind().label()))
                .resolve(one.expected().getFileName());
        Files.writeString(copy, said);
        all.assertThat(said)
            .as("what comes of %s; if it is right, copy %s there", one.upload(), copy)
            .isEqualTo(expected);
      }
      lettersAreReadAgain(reader, one, all);
    }
    all.assertAll();
  }

  /** A letter is an upload of its item alone, and is as unreadable as that was. */
  private static void lettersAreReadAgain(UploadReader reader, Golden one, SoftAssertions all)
      throws Exception {
    if (!(one.kind().definition() instanceof DefinedKind)) {
      // Of a watch, a part of a record may be a letter, which is no upload.
      return;
    }
    Upload upload = read(reader, one);
    for (int i = 0; i < upload.troubles().size(); i++) {
      byte[] letter = Objects.requireNonNull(upload.unreadable().get(i)).body();
      Upload again = reader.read(one.kind(), letter);
      all.assertThat(again.records()).as("letter %d of %s", i, one.upload()).isEmpty();
      all.assertThat(again.troubles())
          .as("letter %d of %s, read again", i, one.upload())
          .containsExactly(upload.troubles().get(i));
      all.assertThat(again.unreadable())
          .singleElement()
          .satisfies(kept -> assertThat(kept.body()).isEqualTo(letter));
    }
  }

  /** Whoever reads the same bytes, in whatever order, zone and language, reads the same. */
  public void sameBytesGiveTheSameIds() throws Exception {
    Map<Golden, String> first = new TreeMap<>((a, b) -> a.upload().compareTo(b.upload()));
    UploadReader reader = reader(0);
    for (Golden one : golden) {
      first.put(one, said(reader, one));
    }
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      for (int i = 0; i < LOCALES.size(); i++) {
        Locale.setDefault(LOCALES.get(i));
        TimeZone.setDefault(TimeZone.getTimeZone(ZONES.get(i)));
        List<Callable<Void>> all = new ArrayList<>();
        for (int node = 1; node <= READERS; node++) {
          UploadReader other = reader(node);
          Random random = new Random(node);
          all.add(() -> readAgain(other, random, first));
        }
        for (Future<Void> one : readers.invokeAll(all)) {
          one.get();
        }
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  private Void readAgain(UploadReader reader, Random random, Map<Golden, String> first)
      throws Exception {
    List<Golden> shuffled = new ArrayList<>(golden);
    for (int round = 0; round < ROUNDS; round++) {
      Collections.shuffle(shuffled, random);
      for (Golden one : shuffled) {
        assertThat(said(reader, one))
            .as("%s, read again in %s and %s", one.upload(), Locale.getDefault(), zone())
            .isEqualTo(first.get(one));
      }
    }
    return null;
  }

  private static String zone() {
    return TimeZone.getDefault().getID();
  }

  /** What is read stands in entries and in tables as it was read. */
  public void noFieldIsBent() throws Exception {
    Output output = new Output(outputs().legacy());
    for (Kind kind : Kind.values()) {
      List<AcceptedRecord> records = records(kind);
      Map<String, Map<String, String>> expected = new TreeMap<>();
      for (AcceptedRecord record : records) {
        AcceptedRecord decoded = RecordCodec.decode(RecordCodec.encode(record));
        assertThat(TestRows.columns(decoded)).isEqualTo(TestRows.columns(record));
        assertThat(decoded.acceptance()).isEqualTo(record.acceptance());
        TestRows.columns(record)
            .forEach(
                (row, columns) ->
                    expected.put(key(row.table(), row.id(), record.acceptance().stamp()), columns));
      }
      output.write(records);
      for (OutputTable<?> table : kind.definition().tables()) {
        Map<RecordId, StoredRow> stored =
            new OutputScan(outputs().legacy(), table)
                .find(
                    records.stream()
                        .flatMap(record -> TestRows.of(record).stream())
                        .filter(row -> row.table().equals(table.name()))
                        .map(TestRows.Row::id)
                        .distinct()
                        .toList());
        for (StoredRow row : stored.values()) {
          assertThat(TestRows.columns(table, row))
              .as("%s %s", table.name(), row.id())
              .isEqualTo(expected.get(key(table.name(), row.id(), row.stamp())));
        }
        assertThat(stored.keySet())
            .as(table.name())
            .hasSize(
                (int)
                    records.stream()
                        .flatMap(record -> TestRows.of(record).stream())
                        .filter(row -> row.table().equals(table.name()))
                        .distinct()
                        .count());
      }
    }
  }

  private static String key(String table, RecordId id, long stamp) {
    return table + " " + id + " " + stamp;
  }

  /** Whatever the order and the repeats, both outputs come to have the same rows. */
  public void writesCommute() throws Exception {
    for (Kind kind : Kind.values()) {
      List<AcceptedRecord> records = records(kind);
      new Output(outputs().legacy()).write(records);
      Random random = new Random(kind.code());
      List<AcceptedRecord> shuffled = new ArrayList<>(records);
      for (int i = 0; i < records.size() / 2; i++) {
        shuffled.add(records.get(random.nextInt(records.size())));
      }
      Collections.shuffle(shuffled, random);
      Output stream = new Output(outputs().stream());
      for (int from = 0; from < shuffled.size(); ) {
        int to = Math.min(shuffled.size(), from + 1 + random.nextInt(MOST_AT_ONCE));
        stream.write(shuffled.subList(from, to));
        from = to;
      }
      assertThat(TestOutputs.rows(outputs().stream(), kind))
          .as("rows of %s, written in another order", kind.label())
          .isNotEmpty()
          .isEqualTo(TestOutputs.rows(outputs().legacy(), kind));
    }
  }

  /**
   * The golden ones, accepted three times, and some that the definition makes. Each call gives the
   * same.
   */
  private List<AcceptedRecord> records(Kind kind) throws Exception {
    List<AcceptedRecord> records = new ArrayList<>();
    UploadReader reader = reader(0);
    for (int time = 0; time < 3; time++) {
      for (Golden one : golden) {
        if (one.kind().equals(kind)) {
          records.addAll(read(reader, one).records());
        }
      }
    }
    KindDefinition definition = kind.definition();
    SampleRecords samples = new SampleRecords(kind.code(), 1L << 40);
    Random random = new Random(kind.code());
    for (int i = 0; i < SAMPLES; i++) {
      records.add(
          definition.sample(
              samples, "DEV" + i % DEVICES, START.plusSeconds(random.nextInt(SECONDS))));
    }
    return records;
  }

  private UploadReader reader(int node) {
    return TestReader.create(moment, node, MOST_ITEMS);
  }

  private static Upload read(UploadReader reader, Golden one) throws Exception {
    return reader.read(one.kind(), Files.readAllBytes(one.upload()));
  }

  /** A line for each row, and one for each letter. */
  private static String said(UploadReader reader, Golden one) throws Exception {
    Upload upload = read(reader, one);
    StringBuilder said = new StringBuilder();
    for (AcceptedRecord record : upload.records()) {
      said.append("record %s of %s\n".formatted(record.acceptance().id(), record.deviceSn()));
      TestRows.columns(record)
          .forEach(
              (row, columns) -> {
                said.append("  %s %s\n".formatted(row.table(), row.id()));
                columns.forEach(
                    (column, value) -> said.append("    %s %s\n".formatted(column, value)));
              });
    }
    for (int i = 0; i < upload.troubles().size(); i++) {
      said.append(
          "letter %s\n  %s\n"
              .formatted(
                  upload.troubles().get(i),
                  new String(
                      Objects.requireNonNull(upload.unreadable().get(i)).body(),
                      StandardCharsets.UTF_8)));
    }
    return said.toString();
  }

  @Override
  public void close() {
    if (outputs != null) {
      outputs.close();
    }
  }
}
