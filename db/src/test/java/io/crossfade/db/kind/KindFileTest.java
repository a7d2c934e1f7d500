package io.crossfade.db.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.db.kind.BadKindFiles.Bad;
import io.crossfade.db.kind.KindFileException.Mistake;
import io.crossfade.db.kind.TypeSpec.Bool;
import io.crossfade.db.kind.TypeSpec.Bytes;
import io.crossfade.db.kind.TypeSpec.Choice;
import io.crossfade.db.kind.TypeSpec.Date;
import io.crossfade.db.kind.TypeSpec.Decimal;
import io.crossfade.db.kind.TypeSpec.Encoding;
import io.crossfade.db.kind.TypeSpec.Instant;
import io.crossfade.db.kind.TypeSpec.Int;
import io.crossfade.db.kind.TypeSpec.Json;
import io.crossfade.db.kind.TypeSpec.Real;
import io.crossfade.db.kind.TypeSpec.Text;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a kind file says is what is meant, and what cannot be meant is named where it stands. */
class KindFileTest {

  private static final String FILE = "orders.yaml";

  /** The file that the README shows. */
  static String orders() throws IOException {
    try (InputStream in = KindFileTest.class.getResourceAsStream("/crossfade/db/orders.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void readsTheExample() throws Exception {
    KindSpec orders = KindFile.parse(FILE, orders()).getFirst();
    assertThat(orders.name()).isEqualTo("orders");
    assertThat(orders.code()).isEqualTo(16);
    assertThat(orders.endpoint()).isEqualTo("/upload_orders");
    assertThat(orders.wrappedIn()).containsExactly("orders", "data");
    assertThat(orders.identity()).containsExactly("order_no");
    assertThat(orders.identityWithTime()).isTrue();
    assertThat(orders.time()).isEqualTo("changed");
    assertThat(orders.cohort()).isEqualTo("customer");
    assertThat(orders.tenant()).isEqualTo("shop");
    assertThat(orders.priority()).isEqualTo(new Priority("express", List.of(true)));
    assertThat(orders.queue()).isEqualTo(QueueSpec.DEFAULT);
    Map<String, String> values = new LinkedHashMap<>();
    values.put("open", "OPEN");
    values.put("paid", "PAID");
    values.put("sent", "SENT");
    values.put("3", "SENT");
    assertThat(orders.fields())
        .containsExactly(
            required("order_no", new Text(40), "order_no"),
            required(
                "changed",
                new Instant(ZoneId.of("Europe/Berlin"), List.of()),
                "changed",
                "changed_at",
                "meta.changed"),
            required("customer", new Int(1L, null), "customer.id", "customer_no"),
            optional("shop", new Int(null, null), "shop.id", "^shop.id"),
            otherwise("state", new Choice(values, null), "OPEN"),
            required("amount", new Decimal(12, 2, null, null), "amount"),
            new FieldSpec(
                "weight_kg",
                new Decimal(9, 3, null, null),
                List.of(FieldPath.parse("weight_g")),
                false,
                null,
                new BigDecimal("0.001"),
                true),
            optional("discount", new Real(null, null), "discount"),
            otherwise("express", new Bool(), false),
            optional("deliver_on", new Date(List.of("yyyy-MM-dd", "dd.MM.yyyy")), "deliver_on"),
            optional("note", new Text(500), "note"),
            optional("gift_card", new Bytes(32, Encoding.HEX), "gift_card"),
            optional("source", new Json(4000), "source"));
    assertThat(orders.tables())
        .extracting(TableSpec::name)
        .containsExactly("orders", "order_lines", "order_state");
    assertThat(orders.tables().get(0).columns().keySet())
        .containsExactlyElementsOf(orders.fields().stream().map(FieldSpec::name).toList());
    TableSpec lines = orders.tables().get(1);
    assertThat(lines.keep()).isEqualTo(Keep.FIRST);
    assertThat(lines.columns().keySet())
        .containsExactly("order_no", "changed", "customer", "sku", "quantity", "price");
    assertThat(lines.rows())
        .isEqualTo(
            new RowsSpec(
                List.of(FieldPath.parse("lines"), FieldPath.parse("positions")),
                List.of("sku"),
                List.of(
                    required("sku", new Text(40), "sku"),
                    required("quantity", new Int(1L, null), "quantity", "qty"),
                    optional("price", new Decimal(12, 2, null, null), "price"))));
    TableSpec state = orders.tables().get(2);
    assertThat(state.keep()).isEqualTo(Keep.LATEST);
    assertThat(state.columns().toString())
        .isEqualTo("{order_no=order_no, changed=since, customer=customer_no, state=state}");
    assertWhole(orders);
  }

  private static FieldSpec optional(String name, TypeSpec type, String... from) {
    return new FieldSpec(name, type, paths(from), false, null, null, false);
  }

  private static FieldSpec required(String name, TypeSpec type, String... from) {
    return new FieldSpec(name, type, paths(from), true, null, null, false);
  }

  private static FieldSpec otherwise(String name, TypeSpec type, Object value) {
    return new FieldSpec(name, type, paths(name), false, value, null, false);
  }

  private static List<FieldPath> paths(String... paths) {
    return List.of(paths).stream().map(FieldPath::parse).toList();
  }

  @Test
  void leastIsEnough() throws Exception {
    KindSpec visits =
        KindFile.parse(
                "visits.yaml",
                """
                kinds:
                  - name: visits
                    code: 200
                    fields: {visitor: text, page: text(1000)}
                    identity: [visitor, page]
                    cohort: visitor
                """)
            .getFirst();
    assertThat(visits)
        .isEqualTo(
            new KindSpec(
                "visits",
                200,
                "/upload_visits",
                List.of("data"),
                List.of(
                    required("visitor", new Text(255), "visitor"),
                    required("page", new Text(1000), "page")),
                List.of("visitor", "page"),
                false,
                null,
                "visitor",
                null,
                null,
                new QueueSpec(5000, 100, 4, Duration.ofSeconds(2)),
                List.of(
                    new TableSpec(
                        "visits",
                        Keep.FIRST,
                        Map.of("visitor", "visitor", "page", "page"),
                        null))));
    assertThat(visits.tables().getFirst().columns().keySet()).containsExactly("visitor", "page");
  }

  @Test
  void defaultsAreOfTheTypesOfTheirFields() throws Exception {
    KindSpec kind =
        KindFile.parse(
                FILE,
                """
                kinds:
                  - name: some
                    code: 255
                    wrapped-in: []
                    fields:
                      - k: {type: text(3), default: ''}
                      - i: {type: integer, default: -7, min: -7, max: 7}
                      - d: {type: "decimal(6,3)", default: 1.5}
                      - r: {type: double, default: 1e3}
                      - b: {type: boolean, default: true}
                      - t: {type: instant, default: 2026-11-27 08:00:00}
                      - y: {type: date, default: 2026-11-27}
                      - c: {values: [a, b], other: x, default: x}
                    identity: k
                    cohort: k
                    time: t
                    identity-with-time: false
                    queue: {flush-after: 250ms}
                """)
            .getFirst();
    assertThat(kind.fields())
        .extracting(FieldSpec::otherwise)
        .containsExactly(
            "",
            -7L,
            new BigDecimal("1.500"),
            1000.0,
            true,
            LocalDateTime.of(2026, 11, 27, 8, 0),
            LocalDate.of(2026, 11, 27),
            "x");
    assertThat(kind.wrappedIn()).isEmpty();
    assertThat(kind.identityWithTime()).isFalse();
    assertThat(kind.field("t").required()).isFalse();
    assertThat(((Instant) kind.field("t").type()).zone()).isEqualTo(ZoneOffset.UTC);
    assertThat(kind.queue().flushAfter()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void timeMayStandInTheIdentity() throws Exception {
    KindSpec kind =
        KindFile.parse(
                FILE,
                BadKindFiles.GOOD.replace("identity: order_no", "identity: [order_no, changed]"))
            .getFirst();
    assertThat(kind.identity()).containsExactly("order_no");
    assertThat(kind.identityWithTime()).isTrue();
  }

  @Test
  void anchorsAreRead() throws Exception {
    String file =
        BadKindFiles.GOOD
            .replace("note: text(500)", "note: &text text(500)")
            .replace("sku: text(40)", "sku: *text");
    RowsSpec rows =
        Objects.requireNonNull(KindFile.parse(FILE, file).getFirst().tables().get(1).rows());
    assertThat(rows.fields().getFirst().type()).isEqualTo(new Text(500));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a.b",
        "\"a.b\".c",
        "^a.b",
        "\"a\"\"b\"",
        "\"^a\"",
        "\"\"",
        "a b.c-d",
        "^\"\".\"\""
      })
  void pathsReadAsTheyAreWritten(String path) {
    assertThat(FieldPath.parse(path).toString()).isEqualTo(path);
  }

  @Test
  void pathsNameWhatTheySay() {
    assertThat(FieldPath.parse("\"a.b\".c\"\"d".replace("\"\"", "")).names())
        .containsExactly("a.b", "cd");
    assertThat(FieldPath.parse("\"a\"\"b\".c").names()).containsExactly("a\"b", "c");
    assertThat(FieldPath.parse("^a").around()).isTrue();
    for (String none : List.of("", "^", ".", "a.", ".a", "a..b", "\"", "\"a", "\"a\"b", "a\"b")) {
      assertThatThrownBy(() -> FieldPath.parse(none)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void goodFileIsGood() throws Exception {
    assertWhole(KindFile.parse(FILE, BadKindFiles.GOOD).getFirst());
  }

  static List<Bad> badFiles() {
    return BadKindFiles.all();
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void namesLineKeyAndWhatIsAllowed(Bad bad) {
    assertThat(mistakesOf(bad.file())).isEqualTo(bad.said());
  }

  private static String mistakesOf(String text) {
    KindFileException e =
        catchThrowableOfType(KindFileException.class, () -> KindFile.parse(FILE, text));
    return e == null ? "" : Objects.requireNonNull(e.getMessage());
  }

  @Test
  void allMistakesAreNamedAtOnceInTheOrderOfTheFile() {
    String file =
        BadKindFiles.GOOD
            .replace("code: 16", "code: 3")
            .replace("text(500)", "txt")
            .replace("cohort: customer", "cohort: custmer")
            .replace("key: sku", "kye: sku");
    assertThat(mistakesOf(file).lines().map(line -> line.substring(0, line.indexOf(": "))))
        .containsExactly(
            "orders.yaml:3:11", "orders.yaml:13:15", "orders.yaml:18:13", "orders.yaml:27:11");
  }

  @Test
  void rowsThatNoDatabaseTakesAreRefused() throws Exception {
    String orders = ":9: kinds[0].tables[0]: ";
    assertThat(mistakesOf(withFields(17, "text(1000)")))
        .isEqualTo(
            "orders.yaml:40"
                + orders
                + "a row may take 70,345 bytes, 4 for each character of a text; databases take"
                + " 65,535. Shorten texts, or give them more than 1000 characters: those are kept"
                + " beside the row");
    assertWhole(KindFile.parse(FILE, withFields(17, "text(1001)")).getFirst());
    assertWhole(KindFile.parse(FILE, withFields(51, "text(16383)")).getFirst());
    assertThat(mistakesOf(withFields(52, "text(16383)")))
        .isEqualTo("orders.yaml:75" + orders + "has 61 columns; at most 60");
  }

  private static String withFields(int number, String type) {
    StringBuilder fields = new StringBuilder("    identity: order_no");
    for (int i = number; i > 0; i--) {
      fields.insert(0, "      - more%d: %s\n".formatted(i, type));
    }
    return BadKindFiles.GOOD.replace("    identity: order_no", fields);
  }

  @Test
  void filesShareNothing() {
    String other =
        BadKindFiles.GOOD.replace("name: orders", "name: others").replace("code: 16", "code: 17");
    Map<String, String> files = new LinkedHashMap<>();
    files.put("a.yaml", BadKindFiles.GOOD);
    files.put("b.yaml", other);
    assertThatThrownBy(() -> KindFile.parse(files))
        .isInstanceOf(KindFileException.class)
        .hasMessage(
            """
            b.yaml:23:9: kinds[0].tables[0]: the table 'orders' is taken at a.yaml:23
            b.yaml:24:9: kinds[0].tables[1]: the table 'order_lines' is taken at a.yaml:24
            b.yaml:31:9: kinds[0].tables[2]: the table 'order_state' is taken at a.yaml:31\
            """);
    files.put("b.yaml", BadKindFiles.GOOD.replaceAll("(orders|order_lines|order_state)$", "x$1"));
    assertThatThrownBy(() -> KindFile.parse(files))
        .hasMessageContaining("b.yaml:2:11: kinds[0].name: the name 'orders' is taken at a.yaml:2")
        .hasMessageContaining("b.yaml:3:11: kinds[0].code: the code '16' is taken at a.yaml:3");
  }

  @Test
  void bombsAreRefused() {
    StringBuilder bomb = new StringBuilder("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String before = "*a" + (i - 1);
      bomb.append(
          "b%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(10, before))));
    }
    assertThat(mistakesOf(bomb.toString())).contains("aliases");
    assertThat(mistakesOf("kinds: &a [*a]")).contains("nested more than 20 deep");
    assertThat(mistakesOf("[".repeat(10_000))).contains("orders.yaml:1:1: is not YAML");
    assertThat(mistakesOf("#".repeat(300_000))).contains("has 300,000 characters; at most 262,144");
    assertThat(mistakesOf("kinds: !!javax.script.ScriptEngineManager [x]"))
        .startsWith("orders.yaml:1:8: is not YAML: Global tag is not allowed");
    assertThat(mistakesOf("kinds: !binary [x]"))
        .isEqualTo("orders.yaml:1:8: the tag '!binary' is not read; write the value alone");
  }

  @Test
  void manyMistakesEnd() {
    String file = "kinds:\n" + "- {name: 7}\n".repeat(64);
    assertThat(mistakesOf(file).lines()).hasSize(201).last().asString().contains("and 120 more");
  }

  /** Whatever becomes of a file, its author hears where. */
  @Test
  void mutatedFilesAreReadOrRefusedWithALine() throws Exception {
    String[] seeds = {orders(), BadKindFiles.GOOD};
    int read = 0;
    int refused = 0;
    for (int seed = 0; seed < 6000; seed++) {
      Random random = new Random(seed);
      String text = mutated(seeds[seed % seeds.length], random);
      try {
        KindFile.parse(FILE, text).forEach(KindFileTest::assertWhole);
        read++;
      } catch (KindFileException e) {
        int lines = text.split("\n", -1).length;
        assertThat(e.mistakes()).as("seed %d", seed).isNotEmpty();
        for (Mistake mistake : e.mistakes()) {
          assertThat(mistake.line()).as("seed %d: %s", seed, mistake).isBetween(1, lines + 1);
          assertThat(mistake.column()).as("seed %d: %s", seed, mistake).isPositive();
          assertThat(mistake.what()).as("seed %d: %s", seed, mistake).isNotBlank();
          assertThat(mistake.toString().lines()).as("seed %d", seed).hasSize(1);
        }
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("Seed " + seed + ":\n" + text, e);
      }
    }
    // Both happen, or the mutations try nothing.
    assertThat(read).isGreaterThan(200);
    assertThat(refused).isGreaterThan(3000);
  }

  private static String mutated(String file, Random random) {
    List<String> lines = new ArrayList<>(List.of(file.split("\n")));
    List<String> words =
        List.of(
            "text(40)",
            "decimal(2,1)",
            "integer",
            "json",
            "[]",
            "{}",
            "{a: b}",
            "[a, b]",
            "~",
            "''",
            "true",
            "-1",
            "1e9",
            "99999999999999999999",
            "*x",
            "&x y",
            "!!int 3",
            "<<: {a: b}",
            "id",
            "order_no",
            "changed",
            "amount",
            "sku",
            "\u0007",
            "\uD83D\uDE00",
            "\"",
            "?",
            "|",
            ">",
            "- -",
            "#",
            "instant",
            "0",
            "name",
            "type",
            "values",
            "health",
            "latest",
            "^",
            "a..b",
            "%",
            "@",
            "\t");
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times && !lines.isEmpty(); i++) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      int in = random.nextInt(line.length() + 1);
      String word = words.get(random.nextInt(words.size()));
      switch (random.nextInt(9)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(at, line);
        case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
        case 3 -> lines.set(at, line.substring(0, in) + word + line.substring(in));
        case 4 -> lines.set(at, line.replaceFirst(": .*", ": " + Matcher.quoteReplacement(word)));
        case 5 -> lines.set(at, "  " + line);
        case 6 -> lines.set(at, line.replaceFirst("^ {2}", ""));
        case 7 -> lines.set(at, line.substring(0, in));
        default -> {
          if (in < line.length()) {
            lines.set(
                at,
                line.substring(0, in) + (char) (32 + random.nextInt(96)) + line.substring(in + 1));
          }
        }
      }
    }
    return String.join("\n", lines);
  }

  /** What is returned has no contradiction in it. */
  static void assertWhole(KindSpec kind) {
    List<String> names = kind.fields().stream().map(FieldSpec::name).toList();
    assertThat(kind.name()).matches("[a-z][a-z0-9_]{0,15}");
    assertThat(kind.code()).isBetween(16, 255);
    assertThat(kind.endpoint()).startsWith("/");
    assertThat(names).isNotEmpty().doesNotHaveDuplicates();
    assertThat(kind.identity())
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .doesNotContain(String.valueOf(kind.time()));
    assertThat(names).containsAll(kind.identity()).contains(kind.cohort());
    Set<String> everywhere = new HashSet<>(kind.identity());
    everywhere.add(kind.cohort());
    for (String always : everywhere) {
      assertThat(kind.field(always).always()).as(always).isTrue();
    }
    if (kind.time() != null) {
      everywhere.add(kind.time());
      assertThat(kind.field(kind.time()).type()).isInstanceOf(Instant.class);
      assertThat(kind.field(kind.time()).always() || !kind.identityWithTime()).isTrue();
    } else {
      assertThat(kind.identityWithTime()).isFalse();
    }
    if (kind.tenant() != null) {
      assertThat(kind.field(kind.tenant()).type()).isInstanceOf(Int.class);
    }
    if (kind.priority() != null) {
      assertThat(kind.priority().values()).isNotEmpty();
      assertThat(names).contains(kind.priority().field());
    }
    assertThat(kind.tables()).isNotEmpty();
    assertThat(kind.tables().getFirst().rows()).isNull();
    assertThat(kind.tables())
        .extracting(table -> table.name().toLowerCase(Locale.ROOT))
        .doesNotHaveDuplicates();
    for (TableSpec table : kind.tables()) {
      RowsSpec rows = table.rows();
      Set<String> known = new HashSet<>(names);
      if (rows != null) {
        List<String> own = rows.fields().stream().map(FieldSpec::name).toList();
        assertThat(own)
            .isNotEmpty()
            .doesNotHaveDuplicates()
            .doesNotContainAnyElementsOf(everywhere)
            .containsAll(rows.key());
        rows.fields().stream()
            .filter(field -> rows.key().contains(field.name()))
            .forEach(field -> assertThat(field.always()).isTrue());
        known.addAll(own);
      }
      assertThat(table.columns().keySet()).isSubsetOf(known).containsAll(everywhere);
      assertThat(table.columns().values().stream().map(column -> column.toLowerCase(Locale.ROOT)))
          .doesNotHaveDuplicates()
          .doesNotContain("id", "stamp", "route_reason", "written_at")
          .allMatch(column -> column.matches("[A-Za-z_][A-Za-z0-9_]{0,63}"));
    }
  }
}
