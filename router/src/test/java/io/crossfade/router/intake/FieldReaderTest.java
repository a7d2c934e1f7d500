package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.RecordTime;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Stage;
import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.KindFile;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RowsSpec;
import io.crossfade.db.kind.TableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An item gives values of exactly the types of its fields, or is refused with the field's name. */
class FieldReaderTest {

  static final int MOST_NESTING = 8;

  static JsonNode json(String text) {
    try {
      return new SentJson(MOST_NESTING, ByteBudget.unlimited().lease(Stage.UPLOADS))
          .read(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A kind with this field besides. */
  private static KindSpec kind(String field) throws Exception {
    return KindFile.parse(
            "test.yaml",
            """
            kinds:
              - name: tests
                code: 99
                fields:
                  - k: {type: text, default: k}
                  - %s
                identity: k
                cohort: k
            """
                .formatted(field))
        .getFirst();
  }

  private static FieldSpec field(String field) throws Exception {
    return kind(field).fields().getLast();
  }

  private static @Nullable Object read(String field, String item) throws Exception {
    return new FieldReader(List.of(field(field))).read(new Item(json(item), List.of())).values()[0];
  }

  private static String refusal(String field, String item) throws Exception {
    FieldReader reader = new FieldReader(List.of(field(field)));
    return refusal(() -> reader.read(new Item(json(item), List.of())));
  }

  private static String refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    UnreadableItemException e = catchThrowableOfType(UnreadableItemException.class, reading);
    return e == null ? "none" : Objects.requireNonNull(e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // field | sent | stored, as text; ! for refused
        "text(3)|\" abc \"|abc",
        "text(3)|\"abcd\"|!TEXT_TOO_LONG",
        "text(3)|\"😀😀😀\"|😀😀😀",
        "text(3)|\"😀😀😀😀\"|!TEXT_TOO_LONG",
        "text(3)|\"\\ud83d\"|!",
        "text(3)|\"\\ude00\\ud83d\"|!",
        "text(9)|1.50|1.50",
        "text(9)|1E5|1E5",
        "text(9)|true|true",
        "text(9)|[1]|!",
        "text(9)|{}|!",
        "integer|7|7",
        "integer|\" 7 \"|7",
        "integer|7.0|7",
        "integer|7e3|7000",
        "integer|7.5|!",
        "integer|\"seven\"|!",
        "integer|9223372036854775807|9223372036854775807",
        "integer|9223372036854775808|!",
        "integer|-9223372036854775808|-9223372036854775808",
        "integer|1e99999999999|!",
        "integer|1e-99999999999|!",
        "integer|1e400|!",
        "integer|0e400|0",
        "integer|true|!",
        "integer|[7]|!",
        "integer|\"0x10\"|!",
        "integer|\"1_000\"|!",
        "integer|\"1,5\"|!",
        "integer|\"٧\"|!",
        "integer|\"1٧\"|!",
        "{type: integer, min: 1, max: 9}|0|!",
        "{type: integer, min: 1, max: 9}|9|9",
        "{type: integer, min: 1, max: 9}|10|!",
        "{type: integer, round: true}|7.5|8",
        "{type: integer, round: true}|-7.5|-8",
        "{type: integer, times: 0.001}|7000|7",
        "{type: integer, times: 0.001}|7001|!",
        "{type: integer, times: 0.001, round: true}|7001|7",
        "decimal(5,2)|1|1.00",
        "decimal(5,2)|\"1.5\"|1.50",
        "decimal(5,2)|1.500|1.50",
        "decimal(5,2)|1.505|!",
        "decimal(5,2)|999.99|999.99",
        "decimal(5,2)|1000|!",
        "decimal(5,2)|-0|0.00",
        "decimal(5,2)|1.50e2|150.00",
        "decimal(5,2)|1e2147483647|!",
        "decimal(5,2)|1e-2147483648|!",
        "{type: \"decimal(5,2)\", round: true}|1.505|1.51",
        "{type: \"decimal(5,2)\", round: true}|-1.505|-1.51",
        "{type: \"decimal(5,2)\", round: true}|999.995|!",
        "{type: \"decimal(5,2)\", round: true}|1e-300|0.00",
        "{type: \"decimal(9,3)\", times: 0.001}|1234|1.234",
        "{type: \"decimal(9,3)\", min: 0.5}|0.499|!",
        "double|1e300|1.0E300",
        "double|1e309|!",
        "double|1e-330|!",
        "double|-0.0|0.0",
        "double|\"NaN\"|!",
        "double|\"Infinity\"|!",
        "double|\"1d\"|!",
        "{type: double, times: 3.6}|10|36.0",
        "{type: double, max: 10}|10.01|!",
        "boolean|true|true",
        "boolean|\"False\"|false",
        "boolean|1|true",
        "boolean|\"0\"|false",
        "boolean|1.0|true",
        "boolean|2|!",
        "boolean|\"yes\"|!",
        "boolean|[]|!",
        "instant|\"2026-11-27 08:15:00\"|2026-11-27T08:15",
        "instant|\"2026-11-27T08:15:00.999Z\"|2026-11-27T08:15",
        "{type: instant, zone: Europe/Berlin}|\"2026-11-27T08:15:00Z\"|2026-11-27T09:15",
        "{type: instant, zone: Europe/Berlin}|\"2026-11-27T08:15:00+02:00\"|2026-11-27T07:15",
        "{type: instant, zone: Europe/Berlin}|\"2026-11-27T08:15:00\"|2026-11-27T08:15",
        "instant|1764231300|2025-11-27T08:15",
        "instant|1764231300999|2025-11-27T08:15",
        "instant|\"1764231300\"|2025-11-27T08:15",
        "instant|17642313|!",
        "instant|\"2026-02-29 00:00:00\"|!",
        "instant|\"2026-11-27\"|!",
        "instant|\"0999-12-31 23:59:59\"|!",
        "instant|\"1000-01-01 00:00:00\"|1000-01-01T00:00",
        "{type: instant, zone: +02:00}|\"9999-12-31T23:00:00Z\"|!",
        "{type: instant, formats: epoch}|17642313|1970-07-24T04:38:33",
        "{type: instant, formats: epoch}|-1.5|1969-12-31T23:59:58",
        "{type: instant, formats: epoch}|1e18|!",
        "{type: instant, formats: epoch}|1e300|!",
        "{type: instant, formats: epoch-millis}|1764231300999|2025-11-27T08:15",
        "{type: instant, formats: [dd.MM.yyyy HH:mm, iso]}|\"27.11.2026 08:15\"|2026-11-27T08:15",
        "{type: instant, formats: [dd.MM.yyyy HH:mm,"
            + " iso]}|\"2026-11-27T08:15:01\"|2026-11-27T08:15:01",
        "{type: instant, formats: [dd.MM.yyyy HH:mm, iso]}|\"31.02.2026 08:15\"|!",
        "{type: instant, formats: dd MMM yyyy hh:mm a X}|\"27 Nov 2026 08:15 pm"
            + " +02\"|2026-11-27T18:15",
        "date|\"2026-11-27\"|2026-11-27",
        "date|\"2026-11-31\"|!",
        "date|\"2026-11-27T00:00:00\"|!",
        "{type: date, formats: [dd.MM.yyyy, yyyyMMdd]}|\"27.11.2026\"|2026-11-27",
        "{type: date, formats: [dd.MM.yyyy, yyyyMMdd]}|20261127|2026-11-27",
        "json|{\"a\" : [1.50, 1e999999, \"x\"] }|{\"a\":[1.50,1e999999,\"x\"]}",
        "json|\"text\"|\"text\"",
        "json|[]|[]",
        "json(5)|\"abc\"|\"abc\"",
        "json(5)|\"äbc\"|!",
        "json|\"\\ud800\"|!",
        "json|[[[[[[[[[[nonsense]]]]]]]]]]|!",
        "[open, paid]|\" paid \"|paid",
        "[open, paid]|\"Paid\"|!",
        "{values: {1: ONE, two: TWO}}|1.0|ONE",
        "{values: {1: ONE, two: TWO}}|\"1\"|ONE",
        "{values: {1: ONE, two: TWO}}|\"3\"|!",
        "{values: {1: ONE, two: TWO}, other: MORE}|\"3\"|MORE",
        "{values: {1: ONE, two: TWO}, other: MORE}|[1]|!",
      })
  void readsExactlyOrNot(String type, String sent, String stored) throws Exception {
    String field = "f: " + type;
    String item = "{\"f\":" + sent + "}";
    if (stored.startsWith("!")) {
      String reason = stored.length() == 1 ? "FIELD_UNREADABLE" : stored.substring(1);
      assertThat(refusal(field, item)).isEqualTo(reason + " f");
    } else {
      assertThat(String.valueOf(read(field, item))).isEqualTo(stored);
    }
  }

  @Test
  void valuesAreOfTheTypesThatTheModelPromises() throws Exception {
    assertThat(read("f: integer", "{\"f\":1}")).isEqualTo(1L);
    assertThat(read("f: decimal(5,2)", "{\"f\":1}")).isEqualTo(new BigDecimal("1.00"));
    assertThat(read("f: double", "{\"f\":1}")).isEqualTo(1.0);
    assertThat(read("f: boolean", "{\"f\":1}")).isEqualTo(true);
    assertThat(read("f: date", "{\"f\":\"2026-01-02\"}")).isEqualTo(LocalDate.of(2026, 1, 2));
    assertThat(read("f: instant", "{\"f\":\"2026-01-02 03:04:05\"}"))
        .isEqualTo(LocalDateTime.of(2026, 1, 2, 3, 4, 5));
    assertThat(read("f: bytes(3)", "{\"f\":\"+/8=\"}")).isEqualTo(new byte[] {-5, -1});
    assertThat(read("f: bytes(3)", "{\"f\":\"-_8\"}")).isEqualTo(new byte[] {-5, -1});
    assertThat(read("f: {type: bytes(3), encoding: hex}", "{\"f\":\"fBFf00\"}"))
        .isEqualTo(new byte[] {-5, -1, 0});
    for (String bad : List.of("fbff0000", "fbf", "xx", "+/8=")) {
      assertThat(refusal("f: {type: bytes(3), encoding: hex}", "{\"f\":\"%s\"}".formatted(bad)))
          .isEqualTo("FIELD_UNREADABLE f");
    }
    for (String bad : List.of("+/8=+/8=", "+", "****", "A".repeat(100_000))) {
      assertThat(refusal("f: bytes(3)", "{\"f\":\"%s\"}".formatted(bad)))
          .isEqualTo("FIELD_UNREADABLE f");
    }
  }

  @Test
  void firstPathThatSaysSomethingCounts() throws Exception {
    String field = "f: {type: integer, from: [a, b.c, '\"d.e\"']}";
    assertThat(read(field, "{\"a\":1,\"b\":{\"c\":2}}")).isEqualTo(1L);
    for (String nothing : List.of("null", "\"\"", "\" \"", "\"null\"")) {
      assertThat(read(field, "{\"a\":%s,\"b\":{\"c\":2}}".formatted(nothing))).isEqualTo(2L);
    }
    assertThat(read(field, "{\"b\":7,\"d\":{\"e\":4},\"d.e\":3}")).isEqualTo(3L);
    assertThat(read(field, "{\"b\":null}")).isNull();
    assertThat(read(field, "{\"b\":\"\"}")).isNull();
    assertThat(read(field, "{\"b\":{}}")).isNull();
    // What says something that is no number must not vanish behind an alias.
    assertThat(refusal(field, "{\"a\":\"x\",\"b\":{\"c\":2}}")).isEqualTo("FIELD_UNREADABLE f");
    // Nor what nobody looked into.
    assertThat(
            refusal(
                "f: {type: integer, from: a.b.c.d.e.f.g.h.i.j}",
                "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"i\":{\"j\":1}}}}}}}}}}"))
        .isEqualTo("FIELD_UNREADABLE f");
  }

  /** What stands in the way of a path was sent, and would vanish. */
  @Test
  void whatIsSentWhereAPathLeadsThroughIsNotUnset() throws Exception {
    for (String more : List.of("", ", default: 7", ", required: true")) {
      String field = "f: {type: integer, from: [customer.id, number]%s}".formatted(more);
      for (String sent :
          List.of("\"42\"", "42", "true", "[]", "[{\"id\":42}]", "[[[[[[[[[[1]]]]]]]]]]")) {
        assertThat(refusal(field, "{\"customer\":%s}".formatted(sent)))
            .isEqualTo("FIELD_UNREADABLE f");
        assertThat(read(field, "{\"customer\":%s,\"number\":3}".formatted(sent))).isEqualTo(3L);
      }
    }
    String either = "f: {type: integer, from: [customer.id, customer]}";
    assertThat(read(either, "{\"customer\":\"42\"}")).isEqualTo(42L);
    assertThat(read(either, "{\"customer\":{\"id\":42}}")).isEqualTo(42L);
    FieldReader around = new FieldReader(List.of(field("f: {type: integer, from: ^shop.id}")));
    Item blocked = new Item(json("{}"), List.of(json("{\"shop\":\"Berlin\"}")));
    assertThat(refusal(() -> around.read(blocked))).isEqualTo("FIELD_UNREADABLE f");
  }

  @Test
  void whatIsNotSentIsMissingOrItsDefault() throws Exception {
    assertThat(read("f: integer", "{}")).isNull();
    assertThat(read("f: {type: integer, default: 7}", "{\"f\":null}")).isEqualTo(7L);
    assertThat(refusal("f: {type: integer, required: true}", "{\"f\":\"\"}"))
        .isEqualTo("FIELD_MISSING f");
  }

  @Test
  void valuesAroundTheItemAreLookedForWhereTheFileSaysSo() throws Exception {
    FieldReader reader =
        new FieldReader(List.of(field("f: {type: integer, from: [shop, ^shop.id]}")));
    List<JsonNode> around = List.of(json("{\"shop\":{\"id\":1}}"), json("{\"shop\":{\"id\":2}}"));
    assertThat(reader.read(new Item(json("{}"), around)).values()).containsExactly(2L);
    assertThat(reader.read(new Item(json("{\"shop\":3}"), around)).values()).containsExactly(3L);
    assertThat(reader.read(new Item(json("{}"), List.of(around.getFirst(), json("[]")))).values())
        .containsExactly(1L);
  }

  @Test
  void timeKeepsWhichOfTwoMomentsItIs() throws Exception {
    List<FieldSpec> fields = List.of(field("t: {type: instant, zone: Europe/Berlin}"));
    FieldReader reader = new FieldReader(fields, "t");
    LocalDateTime local = LocalDateTime.of(2026, 10, 25, 2, 30);
    for (boolean later : new boolean[] {false, true}) {
      String sent = "{\"t\":\"2026-10-25T0%d:30:00Z\"}".formatted(later ? 1 : 0);
      FieldReader.Fields read = reader.read(new Item(json(sent), List.of()));
      assertThat(read.time()).isEqualTo(new RecordTime(local, later));
      assertThat(read.values()).containsExactly(local);
    }
    assertThat(reader.read(new Item(json("{}"), List.of())).time()).isNull();
    String early = "{\"t\":\"1969-12-31 23:59:59\"}";
    assertThat(refusal(() -> reader.read(new Item(json(early), List.of()))))
        .isEqualTo("FIELD_UNREADABLE t");
    assertThat(new FieldReader(fields).read(new Item(json(early), List.of())).values())
        .containsExactly(LocalDateTime.of(1969, 12, 31, 23, 59, 59));
  }

  private static RowsReader rows(String rows) throws Exception {
    TableSpec table =
        KindFile.parse(
                "test.yaml",
                """
                kinds:
                  - name: tests
                    code: 99
                    fields: {k: text}
                    identity: k
                    cohort: k
                    tables: [tests, {name: rows, rows: %s}]
                """
                    .formatted(rows))
            .getFirst()
            .tables()
            .getLast();
    RowsSpec spec = Objects.requireNonNull(table.rows());
    return new RowsReader(spec);
  }

  @Test
  void rowsAreReadInTheirOrder() throws Exception {
    RowsReader reader =
        rows(
            "{from: [lines, more.lines], key: sku, fields: [sku: text(5), n: integer, o: {type:"
                + " text, from: ^k}]}");
    assertThat(
            reader.read(item("{\"k\":\"K\",\"lines\":[{\"sku\":\"b\",\"n\":1},{\"sku\":\"a\"}]}")))
        .containsExactly(new Object[] {"b", 1L, "K"}, new Object[] {"a", null, "K"});
    assertThat(reader.read(item("{\"more\":{\"lines\":[{\"sku\":\"b\"}]}}"))).hasSize(1);
    assertThat(reader.read(item("{\"lines\":[],\"more\":{\"lines\":[{\"sku\":\"b\"}]}}")))
        .isEmpty();
    assertThat(reader.read(item("{}"))).isEmpty();
    for (String[] bad :
        new String[][] {
          {"{\"lines\":{}}", "FIELD_UNREADABLE lines"},
          {"{\"lines\":7}", "FIELD_UNREADABLE lines"},
          {"{\"lines\":[7]}", "FIELD_UNREADABLE lines"},
          {"{\"lines\":[null]}", "FIELD_UNREADABLE lines"},
          {"{\"lines\":[{}]}", "FIELD_MISSING lines.sku"},
          {"{\"lines\":[{\"sku\":\"a\",\"n\":\"x\"}]}", "FIELD_UNREADABLE lines.n"},
          {"{\"lines\":[{\"sku\":\"abcdef\"}]}", "TEXT_TOO_LONG lines.sku"},
          {"{\"lines\":[{\"sku\":\"a\"},{\"sku\":\" a\"}]}", "ROW_REPEATED lines"},
          {"{\"lines\":[" + "{},".repeat(RowsReader.MOST) + "{}]}", "RECORD_TOO_LARGE lines"},
        }) {
      assertThat(refusal(() -> reader.read(item(bad[0])))).isEqualTo(bad[1]);
    }
  }

  @Test
  void rowsWithoutAKeyMayBeAlike() throws Exception {
    assertThat(rows("{from: l, fields: {a: integer}}").read(item("{\"l\":[{\"a\":1},{\"a\":1}]}")))
        .hasSize(2);
  }

  @Test
  void keysOfSeveralFieldsAreComparedWhole() throws Exception {
    RowsReader reader = rows("{from: l, key: [a, b], fields: [a: bytes(4), b: \"decimal(5,2)\"]}");
    assertThat(
            reader.read(
                item(
                    "{\"l\":[{\"a\":\"AAAA\",\"b\":1},{\"a\":\"AAAB\",\"b\":1},{\"a\":\"AAAA\",\"b\":2}]}")))
        .hasSize(3);
    assertThat(
            refusal(
                () ->
                    reader.read(
                        item(
                            "{\"l\":[{\"a\":\"AAAA\",\"b\":1},{\"a\":\"AAAA\",\"b\":\"1.00\"}]}"))))
        .isEqualTo("ROW_REPEATED l");
  }

  private static Item item(String text) {
    return new Item(json(text), List.of());
  }

  @Test
  void pathsOfTheModelAreThoseOfTheReader() throws Exception {
    Item item = new Item(json("{\"a\":{\"b\":{\"c\":\"x\"}}}"), List.of());
    assertThat(FieldReader.first(item, List.of(FieldPath.parse("a.b.c")), "f"))
        .isEqualTo(json("\"x\""));
  }

  /** Who has read nothing else begins with them: a file, and what is sent to its endpoint. */
  @Test
  void readsTheExamplesOfTheReadme() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    Matcher file = Pattern.compile("```yaml\n([^`]*\nkinds:\n[^`]*)```").matcher(readme);
    Matcher call = Pattern.compile("curl -d '(.+)' localhost:8080(/upload_visits)").matcher(readme);
    assertThat(file.find() && call.find()).isTrue();
    KindSpec visits = KindFile.parse("visits.yaml", file.group(1)).getFirst();
    assertThat(visits.endpoint()).isEqualTo(call.group(2));
    assertThat(new FieldReader(visits.fields(), visits.time()).read(item(call.group(1))).values())
        .containsExactly("v-17", "/prices", LocalDateTime.of(2026, 11, 27, 8, 15));
  }

  /** The file that the README leads to, and the upload that stands above it. */
  @Test
  void readsTheOrderOfTheExampleFile() throws Exception {
    String file = Files.readString(Path.of("../db/src/test/resources/crossfade/db/orders.yaml"));
    KindSpec orders = KindFile.parse("orders.yaml", file).getFirst();
    String comment = file.substring(0, file.indexOf("kinds:")).replaceAll("(?m)^#", "");
    JsonNode upload = json(comment.substring(comment.indexOf('{')));
    Item order =
        new Item(upload, List.of()).inner(upload.get(orders.wrappedIn().getFirst()).get(0));
    FieldReader.Fields read = new FieldReader(orders.fields(), orders.time()).read(order);
    assertThat(read.values())
        .startsWith(
            "A-1",
            LocalDateTime.of(2026, 11, 27, 8, 15),
            4711L,
            7L,
            "PAID",
            new BigDecimal("12.50"));
    RowsSpec lines = Objects.requireNonNull(orders.tables().get(1).rows());
    assertThat(new RowsReader(lines).read(order))
        .containsExactly(new Object[] {"X-9", 2L, new BigDecimal("6.25")});
  }
}
