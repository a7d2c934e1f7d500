package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.RecordTime;
import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TypeSpec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent: values that their columns hold, or a refusal that names a field; nothing else.
 */
class FieldReaderPropertyTest {

  private static final int ITEMS = 60_000;

  @Test
  void anyItemGivesValuesThatFitOrIsRefused() {
    int read = 0;
    TreeSet<String> typesRead = new TreeSet<>();
    TreeSet<String> reasons = new TreeSet<>();
    for (int seed = 0; seed < ITEMS; seed++) {
      Random random = new Random(seed);
      List<FieldSpec> fields = RandomKinds.fields(random);
      String around = RandomKinds.item(random);
      String sent = RandomKinds.item(random);
      try {
        @Nullable Object[] values = read(fields, sent, around);
        assertThat(Arrays.deepEquals(values, read(fields, sent, around)))
            .as("seed %d: %s", seed, sent)
            .isTrue();
        for (int i = 0; i < values.length; i++) {
          FieldSpec field = fields.get(i);
          String what = "seed %d: %s of %s in %s".formatted(seed, field, sent, around);
          Object value = values[i];
          JsonNode meant = meant(field, FieldReaderTest.json(sent), FieldReaderTest.json(around));
          assertThat(value == null).as(what).isEqualTo(meant == null);
          if (value == null || meant == null) {
            assertThat(field.required()).as(what).isFalse();
          } else {
            assertFits(what, field.type(), value);
            assertUnbent(what, field, value, meant);
            typesRead.add(field.type().getClass().getSimpleName());
          }
        }
        read++;
      } catch (UnreadableItemException e) {
        assertThat(fields).extracting(FieldSpec::name).contains(Objects.requireNonNull(e.field()));
        reasons.add(e.reason().name());
      } catch (RuntimeException e) {
        throw new AssertionError("seed %d: %s of %s".formatted(seed, fields, sent), e);
      }
    }
    assertThat(read).isBetween(ITEMS / 20, ITEMS * 19 / 20);
    assertThat(typesRead).hasSize(10);
    assertThat(reasons).containsExactly("FIELD_MISSING", "FIELD_UNREADABLE", "TEXT_TOO_LONG");
  }

  private static @Nullable Object[] read(List<FieldSpec> fields, String sent, String around)
      throws UnreadableItemException {
    Item item = new Item(FieldReaderTest.json(sent), List.of(FieldReaderTest.json(around)));
    return new FieldReader(fields).read(item).values();
  }

  /** The value that counts, looked up plainly. */
  private static @Nullable JsonNode meant(FieldSpec field, JsonNode item, JsonNode around) {
    for (FieldPath path : field.from()) {
      JsonNode node = path.around() ? around : item;
      for (String name : path.names()) {
        node = node.path(name);
      }
      String text = node.isTextual() ? node.asText().strip() : "x";
      if (!node.isMissingNode() && !node.isNull() && !text.isEmpty() && !"null".equals(text)) {
        return node;
      }
    }
    return null;
  }

  static void assertFits(String what, TypeSpec type, Object value) {
    switch (type) {
      case TypeSpec.Text text -> {
        assertThat(value).as(what).isInstanceOf(String.class);
        assertThat(characters(value)).as(what).isBetween(1, text.length());
        assertWellFormed(what, (String) value);
      }
      case TypeSpec.Int whole -> {
        assertThat(value).as(what).isInstanceOf(Long.class);
        if (whole.least() != null && whole.most() != null) {
          assertThat((Long) value).as(what).isBetween(whole.least(), whole.most());
        }
      }
      case TypeSpec.Decimal decimal -> {
        assertThat(value).as(what).isInstanceOf(BigDecimal.class);
        assertThat(((BigDecimal) value).scale()).as(what).isEqualTo(decimal.scale());
        assertThat(((BigDecimal) value).precision())
            .as(what)
            .isLessThanOrEqualTo(decimal.precision());
      }
      case TypeSpec.Real real -> {
        assertThat(value).as(what).isInstanceOf(Double.class);
        assertThat((Double) value).as(what).isFinite();
        assertThat(value).as(what).isNotEqualTo(-0.0);
        if (real.most() != null) {
          assertThat((Double) value).as(what).isLessThanOrEqualTo(real.most().doubleValue());
        }
      }
      case TypeSpec.Bool bool -> assertThat(value).as(what).isInstanceOf(Boolean.class);
      case TypeSpec.Instant instant -> {
        assertThat(value).as(what).isInstanceOf(LocalDateTime.class);
        assertThat(((LocalDateTime) value).getYear()).as(what).isBetween(1000, 9999);
        assertThat(((LocalDateTime) value).truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
            .as(what)
            .isEqualTo(value);
      }
      case TypeSpec.Date date -> {
        assertThat(value).as(what).isInstanceOf(LocalDate.class);
        assertThat(((LocalDate) value).getYear()).as(what).isBetween(1000, 9999);
      }
      case TypeSpec.Json json -> {
        assertThat(value).as(what).isInstanceOf(String.class);
        assertWellFormed(what, (String) value);
        assertThat(((String) value).getBytes(StandardCharsets.UTF_8).length)
            .as(what)
            .isBetween(1, json.maxBytes());
      }
      case TypeSpec.Bytes bytes -> {
        assertThat(value).as(what).isInstanceOf(byte[].class);
        assertThat(((byte[]) value).length).as(what).isLessThanOrEqualTo(bytes.length());
      }
      case TypeSpec.Choice choice -> {
        List<String> stored = new ArrayList<>(choice.values().values());
        stored.add(choice.other());
        assertThat(value).as(what).isIn(stored);
      }
    }
  }

  private static int characters(Object text) {
    return (int) ((String) text).codePoints().count();
  }

  private static void assertWellFormed(String what, String text) {
    String back = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(back).as(what).isEqualTo(text);
  }

  /** What was sent says the same as what is stored, where a plain reading shows it. */
  private static void assertUnbent(String what, FieldSpec field, Object value, JsonNode sent) {
    switch (value) {
      case String text -> {
        if (field.type() instanceof TypeSpec.Text) {
          assertThat(text).as(what).isEqualTo(sent.asText().strip());
        } else if (field.type() instanceof TypeSpec.Json) {
          assertThat(FieldReaderTest.json(text)).as(what).isEqualTo(sent);
        }
      }
      case Long whole -> assertNumber(what, field, BigDecimal.valueOf(whole), sent, BigDecimal.ONE);
      case BigDecimal decimal -> assertNumber(what, field, decimal, sent, decimal.ulp());
      case Double real -> {
        BigDecimal exact = exact(field, sent);
        assertThat(real).as(what).isEqualTo(Double.parseDouble(exact.toString()) + 0.0);
      }
      default -> {
        // Cases with forms of their own: FieldReaderTest.
      }
    }
  }

  private static BigDecimal exact(FieldSpec field, JsonNode sent) {
    BigDecimal number = new BigDecimal(sent.asText().strip());
    return field.times() == null ? number : number.multiply(field.times());
  }

  private static void assertNumber(
      String what, FieldSpec field, BigDecimal value, JsonNode sent, BigDecimal unit) {
    BigDecimal off = exact(field, sent).subtract(value).abs();
    BigDecimal allowed = field.rounded() ? unit.divide(BigDecimal.valueOf(2)) : BigDecimal.ZERO;
    assertThat(off.compareTo(allowed)).as(what).isLessThanOrEqualTo(0);
  }

  @Test
  void momentOfARecordIsTheValueOfItsField() throws Exception {
    TypeSpec.Instant type = new TypeSpec.Instant(java.time.ZoneId.of("Europe/Berlin"), List.of());
    FieldSpec field =
        new FieldSpec("t", type, List.of(FieldPath.parse("t")), true, null, null, false);
    FieldReader reader = new FieldReader(List.of(field), "t");
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      java.time.Instant moment = java.time.Instant.ofEpochSecond(random.nextInt());
      String sent = "{\"t\":\"%s\"}".formatted(moment);
      RecordTime time = RecordTime.of(moment, type.zone());
      if (time.local().getYear() < 1970) {
        continue;
      }
      FieldReader.Fields read = reader.read(new Item(FieldReaderTest.json(sent), List.of()));
      assertThat(read.time()).isEqualTo(time);
      assertThat(read.values()).containsExactly(time.local());
    }
  }
}
