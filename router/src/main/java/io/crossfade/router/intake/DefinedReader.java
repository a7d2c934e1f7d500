package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.DefinedRecord;
import io.crossfade.db.RecordTime;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RowsSpec;
import io.crossfade.db.kind.TableSpec;
import io.crossfade.db.kind.TypeSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads items of a kind that a file defines, or code in the words of a file. */
final class DefinedReader implements ItemReader {

  /**
   * What is the same for all uploads of a kind.
   *
   * @param around paths of its fields that look around an item
   * @param code makes of an item what the fields read; {@code null} when they read what is sent
   */
  record Shape(
      DefinedKind kind,
      FieldReader fields,
      List<RowsReader> rows,
      List<FieldPath> around,
      @Nullable CodeReader code) {

    static Shape of(DefinedKind kind, @Nullable CodeReader code) {
      KindSpec spec = kind.spec();
      List<RowsSpec> rows =
          spec.tables().stream().map(TableSpec::rows).filter(Objects::nonNull).toList();
      Stream<FieldPath> paths =
          Stream.concat(
              rows.stream().flatMap(of -> of.from().stream()),
              Stream.concat(
                      spec.fields().stream(), rows.stream().flatMap(of -> of.fields().stream()))
                  .flatMap(field -> field.from().stream()));
      return new Shape(
          kind,
          new FieldReader(spec.fields(), spec.time()),
          rows.stream().map(RowsReader::new).toList(),
          paths.filter(FieldPath::around).toList(),
          code);
    }
  }

  private final Shape shape;
  private final KindSpec spec;
  private final Stamper stamper;
  private final Instant moment;
  private final Duration maxAhead;
  private final Lease lease;
  private CodeCalls.@Nullable Left codeTime;

  /**
   * @param moment when the upload was accepted
   * @param maxAhead how far after it a record's time is believed
   * @param lease has room for what code makes of an item
   */
  DefinedReader(Shape shape, Stamper stamper, Instant moment, Duration maxAhead, Lease lease) {
    this.lease = lease;
    this.shape = shape;
    this.spec = shape.kind().spec();
    this.stamper = stamper;
    this.moment = moment;
    this.maxAhead = maxAhead;
  }

  @Override
  public List<String> wrappedIn() {
    return spec.wrappedIn();
  }

  @Override
  public Surroundings surroundings() {
    return new PathSurroundings(spec.wrappedIn(), shape.around());
  }

  @Override
  public boolean takes(JsonNode node) {
    return shape.code() == null ? node.isObject() : CodeReader.takes(node);
  }

  @Override
  public boolean reports(Item item) {
    return looks(
        item,
        made ->
            spec.fields().stream()
                .filter(field -> field.required() || spec.identity().contains(field.name()))
                .allMatch(field -> says(made, field)));
  }

  @Override
  public boolean names(Item item) {
    return looks(
        item, made -> spec.identity().stream().anyMatch(field -> says(made, spec.field(field))));
  }

  /** What code refuses or fails at says nothing of its own. */
  private boolean looks(Item item, Predicate<Item> at) {
    if (shape.code() == null) {
      return at.test(item);
    }
    try (CodeReader.Made made = made(shape.code(), item)) {
      return at.test(made.item());
    } catch (UnreadableItemException e) {
      return false;
    }
  }

  @Override
  public void read(Item item, Taken taken) throws UnreadableItemException {
    if (shape.code() == null) {
      readMade(item, taken);
      return;
    }
    try (CodeReader.Made made = made(shape.code(), item)) {
      readMade(made.item(), taken);
    }
  }

  private CodeReader.Made made(CodeReader code, Item item) throws UnreadableItemException {
    CodeCalls.Left left = codeTime;
    if (left == null) {
      left = code.perUpload();
      codeTime = left;
    }
    return code.read(item, left, lease);
  }

  private void readMade(Item item, Taken taken) throws UnreadableItemException {
    FieldReader.Fields read = shape.fields().read(item);
    RecordTime time = read.time() == null ? RecordTime.of(moment, ZoneOffset.UTC) : read.time();
    if (read.time() != null && isTooLate(read.time())) {
      throw new UnreadableItemException(UnreadableReason.CLOCK_AHEAD, spec.time());
    }
    List<List<List<@Nullable Object>>> rows = new ArrayList<>();
    for (RowsReader reader : shape.rows()) {
      rows.add(reader.read(item).stream().map(DefinedRecord::values).toList());
    }
    List<@Nullable Object> values = DefinedRecord.values(read.values());
    taken.accept(
        shape
            .kind()
            .record(stamper.accept(shape.kind().id(time, values)), time.local(), values, rows));
  }

  /** One record from years ahead would keep its row from all that come after it. */
  private boolean isTooLate(RecordTime time) {
    return spec.field(Objects.requireNonNull(spec.time())).type() instanceof TypeSpec.Instant type
        && time.local().isAfter(RecordTime.of(moment.plus(maxAhead), type.zone()).local());
  }

  /** Whether an object itself has a value for a field. */
  private static boolean says(Item item, FieldSpec field) {
    List<FieldPath> own = field.from().stream().filter(path -> !path.around()).toList();
    try {
      return FieldReader.first(item, own, field.name()) != null;
    } catch (UnreadableItemException e) {
      return true;
    }
  }
}
