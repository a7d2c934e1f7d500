package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.crossfade.db.kind.Keep;
import io.crossfade.db.kind.KindProvider;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.Priority;
import io.crossfade.db.kind.RowsSpec;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A kind that a file defines, or code in the words of a file. */
public final class DefinedKind implements KindDefinition {

  /** Objects of a row, bytes. */
  private static final int ROW = 96;

  private final KindSpec spec;
  private final @Nullable KindProvider code;
  private final Kind kind;
  private final DefinedValues values;
  private final DefinedIdentity identity;
  private final List<DefinedTable> tables;
  private final List<OutputTable<?>> outputs;

  /** Those with any number of rows of a record, in their order. */
  private final List<DefinedTable> ofRows;

  private final List<DefinedValues> rowValues;
  private final @Nullable Set<String> urgent;
  private final int urgentField;
  private final int cohort;

  /**
   * @throws IllegalArgumentException when it cannot be a kind, and why
   */
  public DefinedKind(KindSpec spec) {
    this(spec, null);
  }

  /**
   * @param code reads what is sent; {@code null} when that is read as it is
   * @throws IllegalArgumentException when it cannot be a kind, and why
   */
  public DefinedKind(KindSpec spec, @Nullable KindProvider code) {
    this.spec = spec;
    this.code = code;
    this.kind = Kind.of(spec.name().toUpperCase(Locale.ROOT), spec.code());
    this.values = new DefinedValues(spec.fields());
    this.identity = new DefinedIdentity(spec);
    this.tables =
        spec.tables().stream().map(table -> new DefinedTable(spec, identity, table)).toList();
    this.outputs = tables.stream().<OutputTable<?>>map(DefinedTable::output).toList();
    this.ofRows = tables.stream().filter(table -> table.spec().rows() != null).toList();
    this.rowValues = ofRows.stream().map(table -> new DefinedValues(rows(table).fields())).toList();
    Priority priority = spec.priority();
    this.urgentField = priority == null ? -1 : spec.indexOf(priority.field());
    this.urgent =
        priority == null
            ? null
            : priority.values().stream().map(DefinedValues::key).collect(Collectors.toSet());
    this.cohort = spec.indexOf(spec.cohort());
  }

  /** What the file says. */
  public KindSpec spec() {
    return spec;
  }

  /** What makes of an item that was sent what the definition reads, where there is such. */
  public Optional<KindProvider> code() {
    return Optional.ofNullable(code);
  }

  /**
   * A record.
   *
   * @param acceptance gives it the id that its key has
   * @param time its own, or when it was accepted
   * @param given values of the fields, in their order
   * @param rows see {@link DefinedRecord#rows}
   */
  public DefinedRecord record(
      Acceptance acceptance,
      LocalDateTime time,
      List<@Nullable Object> given,
      List<List<List<@Nullable Object>>> rows) {
    return new DefinedRecord(
        kind, acceptance, DefinedValues.key(given.get(cohort)), time, owner(given), given, rows);
  }

  /**
   * The id of a record with these values.
   *
   * @param time its own, or when it was accepted
   */
  public RecordId id(RecordTime time, List<@Nullable Object> given) {
    return DefinedIds.record(spec, identity.of(given), time);
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public String endpoint() {
    return spec.endpoint();
  }

  @Override
  public StreamKeys streams() {
    return new StreamKeys(
        spec.name() + "_stream",
        spec.priority() == null ? null : "urgent_" + spec.name() + "_stream");
  }

  @Override
  public QueueFormula queue() {
    return new QueueFormula(
        spec.queue().capacity(),
        QueueFormula.Share.fixed(spec.queue().batch()),
        QueueFormula.Share.fixed(spec.queue().writers()),
        spec.queue().flushAfter());
  }

  @Override
  public List<OutputTable<?>> tables() {
    return outputs;
  }

  @Override
  public void rows(AcceptedRecord accepted, Rows rows) {
    DefinedRecord record = (DefinedRecord) accepted;
    int ofMany = 0;
    for (DefinedTable table : tables) {
      if (table.spec().rows() == null) {
        rows.add(table.output(), new DefinedTable.Row(record, null, 0));
        continue;
      }
      int position = 0;
      for (List<@Nullable Object> row : record.rows().get(ofMany++)) {
        rows.add(table.output(), new DefinedTable.Row(record, row, position++));
      }
    }
  }

  @Override
  public RowIdentity identity(OutputTable<?> table, StoredRow stored) {
    for (DefinedTable one : tables) {
      if (one.output() == table) {
        return one.identity(stored);
      }
    }
    throw new IllegalArgumentException(table.name() + " is none of " + kind.label());
  }

  @Override
  public boolean urgent(AcceptedRecord accepted) {
    return urgent != null
        && urgent.contains(DefinedValues.key(((DefinedRecord) accepted).values().get(urgentField)));
  }

  @Override
  public Optional<UrgentRows> urgentRows() {
    Priority priority = spec.priority();
    return priority == null
        ? Optional.empty()
        : Optional.of(new UrgentRows(tables.getFirst().column(priority.field()), urgent));
  }

  /** Of the tables, best one that knows the tenants, too, and keeps states: it has fewest rows. */
  @Override
  public CohortRows cohortRows() {
    String tenant = spec.tenant();
    DefinedTable best =
        tables.stream()
            .filter(table -> table.spec().rows() == null)
            .min(
                Comparator.comparing((DefinedTable table) -> !knowsTenant(table))
                    .thenComparing(table -> table.spec().keep() != Keep.LATEST))
            .orElseThrow();
    return new CohortRows(
        spec.cohort(),
        tenant,
        best.spec().name(),
        best.column(spec.cohort()),
        tenant != null && knowsTenant(best) ? best.column(tenant) : null,
        best.spec().keep() == Keep.LATEST && spec.identity().equals(List.of(spec.cohort())));
  }

  private boolean knowsTenant(DefinedTable table) {
    return spec.tenant() == null || table.spec().columns().containsKey(spec.tenant());
  }

  @Override
  public void write(JsonGenerator out, AcceptedRecord accepted) throws IOException {
    DefinedRecord record = (DefinedRecord) accepted;
    out.writeStartObject();
    values.write(out, record.values());
    for (int i = 0; i < ofRows.size(); i++) {
      List<List<@Nullable Object>> rows = record.rows().get(i);
      if (!rows.isEmpty()) {
        out.writeFieldName(ofRows.get(i).spec().name());
        out.writeStartArray();
        for (List<@Nullable Object> row : rows) {
          out.writeStartObject();
          rowValues.get(i).write(out, row);
          out.writeEndObject();
        }
        out.writeEndArray();
      }
    }
    out.writeEndObject();
  }

  @Override
  public AcceptedRecord read(
      JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException {
    expect(in.nextToken(), JsonToken.START_OBJECT);
    List<List<List<@Nullable Object>>> rows = new ArrayList<>();
    ofRows.forEach(table -> rows.add(List.of()));
    List<@Nullable Object> read =
        values.read(
            in,
            name -> {
              int table = tableOf(name);
              rows.set(table, readRows(in, rowValues.get(table)));
            });
    return new DefinedRecord(kind, acceptance, deviceSn, timestamp, owner(read), read, rows);
  }

  @Override
  public long texts(AcceptedRecord accepted) {
    return weight(((DefinedRecord) accepted).values());
  }

  @Override
  public long documents(AcceptedRecord accepted) {
    long sum = 0;
    for (List<List<@Nullable Object>> table : ((DefinedRecord) accepted).rows()) {
      for (List<@Nullable Object> row : table) {
        sum += ROW + weight(row);
      }
    }
    return sum;
  }

  @Override
  public AcceptedRecord sample(SampleRecords samples, String deviceSn, LocalDateTime time) {
    return new DefinedSamples(this, samples).record(deviceSn, time);
  }

  /** Its tables, as the file has them. */
  List<DefinedTable> definedTables() {
    return tables;
  }

  /** Each reading of the setting makes a provider of its own: what is the same is its class. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DefinedKind defined
        && defined.spec.equals(spec)
        && Objects.equals(type(defined.code), type(code));
  }

  @Override
  public int hashCode() {
    return spec.hashCode();
  }

  private static @Nullable Class<?> type(@Nullable KindProvider code) {
    return code == null ? null : code.getClass();
  }

  private Owner owner(List<@Nullable Object> given) {
    Object tenant = spec.tenant() == null ? null : given.get(spec.indexOf(spec.tenant()));
    return tenant == null ? Owner.UNSET : new Owner((Long) tenant, null, null);
  }

  private int tableOf(String name) throws IOException {
    return IntStream.range(0, ofRows.size())
        .filter(i -> ofRows.get(i).spec().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NewerFieldException(kind, name));
  }

  private List<List<@Nullable Object>> readRows(JsonParser in, DefinedValues of)
      throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    while (in.nextToken() == JsonToken.START_OBJECT) {
      rows.add(
          of.read(
              in,
              name -> {
                throw new NewerFieldException(kind, name);
              }));
    }
    return rows;
  }

  private static void expect(@Nullable JsonToken token, JsonToken expected) throws IOException {
    if (token != expected) {
      throw new IOException("Not " + expected);
    }
  }

  private static long weight(List<@Nullable Object> values) {
    long sum = 0;
    for (Object value : values) {
      sum += DefinedValues.weight(value);
    }
    return sum;
  }

  private static RowsSpec rows(DefinedTable table) {
    return Objects.requireNonNull(table.spec().rows());
  }
}
