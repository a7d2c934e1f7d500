package io.crossfade.router.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.crossfade.db.Acceptance;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.DefinedRecord;
import io.crossfade.db.RecordTime;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.router.intake.ItemWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One sender of a kind that a file defines: records, the same again, newer and older news of what
 * it sent before, and now and then something that is no record.
 */
final class DefinedSender {

  private static final int MOST_ITEMS = 4;
  private static final int REMEMBERED = 20;
  private static final int TRIES = 50;
  private static final int A_LETTER_IN = 20;

  /** A record as it is sent. */
  private record Written(DefinedRecord record, ItemWriter.Sent sent) {}

  private final DefinedKind kind;
  private final KindSpec spec;
  private final String name;
  private final DefinedCount count;
  private final Random random;
  private final SampleRecords samples;
  private final ItemWriter writer;
  private final List<Written> before = new ArrayList<>();
  private LocalDateTime clock =
      LocalDateTime.now(ZoneOffset.UTC).minusDays(2).truncatedTo(ChronoUnit.SECONDS);
  private int letters;

  DefinedSender(DefinedKind kind, String name, int seed, DefinedCount count) {
    this.kind = kind;
    this.spec = kind.spec();
    this.name = name;
    this.count = count;
    this.random = new Random(seed);
    this.samples = new SampleRecords(seed);
    this.writer = new ItemWriter(spec, random);
  }

  /**
   * What it sends next.
   *
   * @throws IllegalStateException when no upload can say what a record of this kind is
   */
  Sending next(boolean v2) {
    List<Written> items = new ArrayList<>();
    for (int i = 1 + random.nextInt(MOST_ITEMS); i > 0; i--) {
      Written item = item();
      if (items.isEmpty() || item.sent().fitsBeside(items.getFirst().sent())) {
        items.add(item);
      }
    }
    boolean letter = random.nextInt(A_LETTER_IN) == 0;
    List<ItemWriter.Sent> sent = new ArrayList<>(items.stream().map(Written::sent).toList());
    if (letter) {
      sent.add(noRecord(sent.getFirst()));
    }
    long records = items.stream().map(item -> item.record().acceptance().id()).distinct().count();
    return new Sending(
        spec.name(),
        kind.kind(),
        body(sent).getBytes(StandardCharsets.UTF_8),
        v2,
        (status, answer) ->
            status == 200
                && answer.path("accepted").asLong(-1) == records
                && answer.path("repeated").asLong(-1) == items.size() - records
                && answer.path("dead_lettered").asInt(-1) == (letter ? 1 : 0),
        () -> {
          items.forEach(item -> count.add(item.record()));
          count.addLetters(letter ? 1 : 0);
        });
  }

  /** In any of the forms that it may have. */
  private String body(List<ItemWriter.Sent> sent) {
    return switch (random.nextInt(3)) {
      case 0 -> writer.wrapped(sent).toString();
      case 1 ->
          sent.stream()
              .map(one -> writer.upload(List.of(one)).toString())
              .collect(Collectors.joining("\n"));
      default -> writer.upload(sent).toString();
    };
  }

  private Written item() {
    if (!before.isEmpty() && random.nextInt(6) == 0) {
      return before.get(random.nextInt(before.size()));
    }
    for (int i = 0; i < TRIES; i++) {
      clock = clock.plusSeconds(1);
      boolean news = !before.isEmpty() && random.nextInt(3) == 0;
      LocalDateTime time = news ? clock.minusSeconds(random.nextInt(120)) : clock;
      DefinedRecord drawn = (DefinedRecord) kind.sample(samples, name, time);
      DefinedRecord record =
          news ? newsOf(before.get(random.nextInt(before.size())).record(), drawn) : drawn;
      Optional<ItemWriter.Sent> sent = writer.write(record);
      if (sent.isPresent()) {
        Written written = new Written(record, sent.get());
        before.add(written);
        if (before.size() > REMEMBERED) {
          before.removeFirst();
        }
        return written;
      }
    }
    throw new IllegalStateException(
        "no upload says what a record of %s is: do two fields stand in one place?"
            .formatted(spec.name()));
  }

  /** What was said later, or earlier, of the same thing. */
  private DefinedRecord newsOf(DefinedRecord known, DefinedRecord drawn) {
    List<@Nullable Object> values = new ArrayList<>();
    for (FieldSpec field : spec.fields()) {
      boolean same = spec.identity().contains(field.name()) || field.name().equals(spec.cohort());
      values.add((same ? known : drawn).values().get(spec.indexOf(field.name())));
    }
    List<@Nullable Object> given = Collections.unmodifiableList(values);
    return kind.record(
        new Acceptance(
            kind.id(RecordTime.of(drawn.timestamp()), given),
            drawn.acceptance().stamp(),
            drawn.acceptance().reason()),
        drawn.timestamp(),
        given,
        drawn.rows());
  }

  /** Something that says nothing of what every record says. */
  private ItemWriter.Sent noRecord(ItemWriter.Sent beside) {
    JsonNode text = JsonNodeFactory.instance.textNode(name + " " + letters++);
    return new ItemWriter.Sent(
        JsonNodeFactory.instance.objectNode().set("noRecord", text), beside.around());
  }
}
