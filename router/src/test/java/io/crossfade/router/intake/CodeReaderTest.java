package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.DefinedRecord;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.budget.Stage;
import io.crossfade.db.kind.KindFile;
import io.crossfade.db.kind.KindProvider;
import io.crossfade.db.kind.RefusedItemException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the code of a kind makes of items, and what becomes of items that it fails at. */
class CodeReaderTest {

  private static final String METERS =
      """
      kinds:
        - name: meters
          code: 40
          wrapped-in: [data]
          fields:
            - meter: text(20)
            - at: instant
            - used: decimal(12,3)
            - raw: json(2000)
          identity: meter
          time: at
          cohort: meter
      """;

  private static final String GOOD =
      "{\"meter\":\"M-1\",\"at\":\"2025-09-13T08:00:00Z\",\"used\":1.5}";

  /** Code of a kind. */
  interface Code {
    @Nullable JsonNode read(JsonNode item) throws Exception;
  }

  /** Takes what becomes of items. */
  private static final class Records implements ItemReader.Taken {
    private final List<DefinedRecord> records = new ArrayList<>();

    @Override
    public void accept(AcceptedRecord item) {
      records.add((DefinedRecord) item);
    }

    @Override
    public void beside(AcceptedRecord item) {
      throw new AssertionError(item);
    }

    @Override
    public void keep(Item item, UnreadableReason reason) {
      throw new AssertionError(reason);
    }
  }

  private final ByteBudget budget = new ByteBudget(1 << 30);
  private final Lease lease = budget.lease(Stage.UPLOADS);

  @Test
  void codeMakesOfTextWhatTheDefinitionReads() throws Exception {
    DefinedReader reader =
        reader(
            item -> {
              String line = item.textValue();
              return JsonNodeFactory.instance
                  .objectNode()
                  .put("meter", line.substring(0, 4))
                  .put("at", line.substring(4, 24))
                  .put("used", new BigDecimal(line.substring(24)).movePointLeft(3));
            });
    assertThat(reader.takes(item("\"M-1 \"").node())).isTrue();
    assertThat(reader.takes(item("[]").node())).isFalse();
    assertThat(reader.takes(item("null").node())).isFalse();
    DefinedRecord record = read(reader, "\"M-1 2025-09-13T08:00:00Z0012345\"");
    assertThat(record.values().get(0)).isEqualTo("M-1");
    assertThat(record.values().get(2)).isEqualTo(new BigDecimal("12.345"));
    assertThat(reader(item -> item, /* used= */ false).takes(item("\"M-1 \"").node())).isFalse();
  }

  @Test
  void codeThatDoesNothingChangesNothing() throws Exception {
    String sent = GOOD.replace("1.5", "15e-1").replace("}", ",\"raw\":{\"n\":[1.50,1E+2,null]}}");
    DefinedRecord with = read(reader(item -> item), sent);
    DefinedRecord without = read(reader(item -> item, /* used= */ false), sent);
    assertThat(with.values()).isEqualTo(without.values());
    assertThat(with.values().get(3)).isEqualTo("{\"n\":[1.50,1E+2,null]}");
    assertThat(with.acceptance().id()).isEqualTo(without.acceptance().id());
  }

  @Test
  void whatCodeFailsAtIsALetterOfItsReason() {
    troubled(
        "ITEM_REFUSED checksum",
        item -> {
          throw new RefusedItemException("checksum");
        });
    troubled(
        "ITEM_REFUSED \\u001b" + "x".repeat(63),
        item -> {
          throw new RefusedItemException("\u001b" + "x".repeat(1000));
        });
    troubled("CODE_FAILED NullPointerException", item -> item.get("none").get("deeper"));
    troubled(
        "CODE_FAILED Exception",
        item -> {
          throw new Exception("as other languages may");
        });
    troubled(
        "CODE_FAILED NoClassDefFoundError",
        item -> {
          throw new NoClassDefFoundError("org/example/Gone");
        });
    troubled("CODE_FAILED StackOverflowError", CodeReaderTest::forEver);
    troubled("CODE_FAILED NULL", item -> null);
    troubled("CODE_FAILED NOT_AN_OBJECT", item -> JsonNodeFactory.instance.arrayNode().add(item));
    troubled(
        "CODE_FAILED NO_JSON", item -> ((ObjectNode) item).putPOJO("raw", Thread.currentThread()));
    troubled("CODE_FAILED TOO_DEEP", item -> ((ObjectNode) item).set("raw", item));
    troubled(
        "RECORD_TOO_LARGE",
        item -> {
          JsonNode twice = item.deepCopy();
          for (int i = 0; i < 25; i++) {
            twice = JsonNodeFactory.instance.arrayNode().add(twice).add(twice);
          }
          return ((ObjectNode) item).set("raw", twice);
        });
    // What it makes is read as exactly as what is sent.
    troubled("FIELD_UNREADABLE used", item -> ((ObjectNode) item).put("used", Double.NaN));
    troubled("FIELD_UNREADABLE used", item -> ((ObjectNode) item).put("used", 1.23456));
    troubled("FIELD_MISSING meter", item -> ((ObjectNode) item).without("meter"));
  }

  @Test
  void numbersOfAnyClassAreReadAsTheyAre() throws Exception {
    for (Number number :
        List.of(7, 7L, 7.0, 7.0f, (short) 7, new BigDecimal("7.000"), BigInteger.valueOf(7))) {
      DefinedReader reader =
          reader(
              item ->
                  ((ObjectNode) item).set("used", new JsonMapper().<JsonNode>valueToTree(number)));
      assertThat(read(reader, GOOD).values().get(2))
          .as(number.getClass().getName())
          .isEqualTo(new BigDecimal("7.000"));
    }
  }

  /** What the letter keeps is what was sent, whatever code does with its copy, then or later. */
  @Test
  void codeChangesACopy() throws Exception {
    ObjectNode[] kept = new ObjectNode[1];
    DefinedReader reader =
        reader(
            item -> {
              kept[0] = (ObjectNode) item;
              kept[0].with("raw").put("was", "read");
              return kept[0];
            });
    String sent = GOOD.replace("}", ",\"raw\":{\"a\":1}}");
    Item item = item(sent);
    Records records = new Records();
    reader.read(item, records);
    kept[0].put("meter", "M-2");
    assertThat(item.node()).hasToString(sent);
    assertThat(records.records.getFirst().values().getFirst()).isEqualTo("M-1");
    assertThat(records.records.getFirst().values().get(3)).isEqualTo("{\"a\":1,\"was\":\"read\"}");
  }

  /** An object that wraps others is looked at without them: is it an item itself? */
  @Test
  void codeSeesNothingOfWhatIsWrapped() throws Exception {
    List<JsonNode> seen = new ArrayList<>();
    DefinedReader reader =
        reader(
            item -> {
              seen.add(item.deepCopy());
              if (!item.has("meter")) {
                throw new IllegalStateException();
              }
              return item;
            });
    assertThat(reader.reports(item("{\"data\":[1,2],\"sender\":\"s\"}"))).isFalse();
    assertThat(reader.names(item("{\"data\":[]}"))).isFalse();
    String both = GOOD.replace("}", ",\"data\":[1,2]}");
    assertThat(reader.reports(item(both))).isTrue();
    assertThat(reader.names(item(both))).isTrue();
    assertThat(seen).hasSize(4).noneMatch(item -> item.has("data"));
  }

  @Test
  void codeHoldsNoRoomForWhatItHasRead() throws Exception {
    long before = budget.used();
    read(reader(item -> item), GOOD);
    troubled("CODE_FAILED NULL", item -> null);
    reader(item -> item).reports(item(GOOD));
    assertThat(budget.used()).isEqualTo(before);
  }

  /** Java cannot end a thread; items that come later must not wait for each of those before. */
  @Test
  void codeThatDoesNotComeBackHoldsNobodyUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    CodeCalls calls = calls(Duration.ofMillis(50), Duration.ofMinutes(10));
    Code deaf =
        item -> {
          asked.incrementAndGet();
          while (end.getCount() > 0) {
            // Deaf to interrupts, as a regular expression is.
            Thread.onSpinWait();
          }
          ended.incrementAndGet();
          return item;
        };
    for (int upload = 0; upload < CodeCalls.AT_ONCE + 30; upload++) {
      DefinedReader reader = reader(deaf, calls);
      assertThatThrownBy(() -> read(reader, GOOD)).hasMessage("CODE_FAILED TimeoutException");
    }
    assertThat(asked).as("threads that did not come back").hasValue(CodeCalls.AT_ONCE);
    assertThat(budget.used()).as("they hold what they were given").isPositive();
    end.countDown();
    await().until(() -> ended.get() == asked.get());
    await().until(() -> budget.used() == 0);
    // When they have come back after all, items are read again.
    DefinedReader other = reader(item -> item, calls);
    await().ignoreExceptions().until(() -> read(other, GOOD) != null);
  }

  /** The items of others are good: their devices shall send them again. */
  @Test
  void codeThatIsSlowMakesNoLettersOfOthersItems() throws Exception {
    CountDownLatch begun = new CountDownLatch(CodeCalls.AT_ONCE);
    CountDownLatch end = new CountDownLatch(1);
    CodeCalls calls = calls(Duration.ofMinutes(10), Duration.ofMillis(20));
    try (ExecutorService uploads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CodeCalls.AT_ONCE; i++) {
        DefinedReader slow =
            reader(
                item -> {
                  begun.countDown();
                  end.await();
                  return item;
                },
                calls);
        uploads.submit(() -> read(slow, GOOD));
      }
      begun.await();
      DefinedReader other = reader(item -> item, calls);
      long held = budget.used();
      assertThatThrownBy(() -> read(other, GOOD)).isInstanceOf(NoRoomException.class);
      assertThat(budget.used()).isEqualTo(held);
      end.countDown();
      await().ignoreException(NoRoomException.class).until(() -> read(other, GOOD) != null);
    }
  }

  @Test
  void codeOfAnUploadHasItsTimeAndNoMore() {
    AtomicInteger asked = new AtomicInteger();
    DefinedReader upload =
        reader(
            item -> {
              asked.incrementAndGet();
              Thread.currentThread().join();
              return item;
            },
            calls(Duration.ofMillis(50), Duration.ofMinutes(10)));
    for (int item = 0; item < 3 * CodeCalls.LONGEST_OF_AN_UPLOAD; item++) {
      assertThatThrownBy(() -> read(upload, GOOD)).hasMessage("CODE_FAILED TimeoutException");
    }
    assertThat(asked).hasValue(CodeCalls.LONGEST_OF_AN_UPLOAD);
  }

  @Test
  void numbersThatWereSentAreThoseOfJackson() throws Exception {
    for (String sent :
        List.of(
            "0",
            "-0",
            "7",
            "-12",
            "2147483647",
            "2147483648",
            "-2147483649",
            "1.50",
            "7e3",
            "7E-3",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "0.1",
            "1e308",
            "1e400",
            "-2147483648.5")) {
      JsonNode own = item("{\"n\":%s}".formatted(sent)).node().get("n");
      JsonNode jackson =
          JsonMapper.builder()
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .build()
              .readTree(sent);
      assertThat(own.asText()).isEqualTo(sent);
      assertThat(own.isNumber()).isTrue();
      assertThat(own.decimalValue()).as(sent).isEqualByComparingTo(jackson.decimalValue());
      assertThat(own.bigIntegerValue()).as(sent).isEqualTo(jackson.bigIntegerValue());
      assertThat(own.asLong()).as(sent).isEqualTo(jackson.asLong());
      assertThat(own.asInt()).as(sent).isEqualTo(jackson.asInt());
      assertThat(own.asDouble()).as(sent).isEqualTo(jackson.asDouble());
      assertThat(own.canConvertToInt()).as(sent).isEqualTo(jackson.canConvertToInt());
      assertThat(own.canConvertToLong()).as(sent).isEqualTo(jackson.canConvertToLong());
      assertThat(own.isIntegralNumber()).as(sent).isEqualTo(jackson.isIntegralNumber());
      assertThat(own.numberType()).as(sent).isEqualTo(jackson.numberType());
      assertThat(own.isInt()).as(sent).isEqualTo(jackson.isInt());
      assertThat(own.isLong()).as(sent).isEqualTo(jackson.isLong());
    }
    // Binding reads them, too.
    assertThat(new JsonMapper().treeToValue(item("{\"a\":12,\"b\":1.25}").node(), Map.class))
        .containsEntry("a", 12)
        .containsEntry("b", new BigDecimal("1.25"));
    JsonNode huge = item("{\"n\":1e999999999}").node().get("n");
    assertThat(huge.canConvertToLong()).isFalse();
    assertThatThrownBy(huge::bigIntegerValue).isInstanceOf(ArithmeticException.class);
  }

  private void troubled(String trouble, Code code) {
    assertThatThrownBy(() -> read(reader(code), GOOD))
        .isInstanceOf(UnreadableItemException.class)
        .hasMessage(trouble);
  }

  private DefinedRecord read(DefinedReader reader, String item) throws UnreadableItemException {
    Records records = new Records();
    reader.read(item(item), records);
    return records.records.getFirst();
  }

  private DefinedReader reader(Code code) {
    return reader(code, /* used= */ true);
  }

  private DefinedReader reader(Code code, boolean used) {
    CodeCalls calls = calls(CodeCalls.LONGEST, CodeCalls.LONGEST);
    return used ? reader(code, calls) : reader(kind(code), null);
  }

  private static CodeCalls calls(Duration longest, Duration patience) {
    return new CodeCalls(CodeReaderTest.class.getClassLoader(), longest, patience);
  }

  private DefinedReader reader(Code code, CodeCalls calls) {
    DefinedKind kind = kind(code);
    return reader(kind, new CodeReader(kind.code().orElseThrow(), kind.spec(), calls, 32, 1 << 20));
  }

  private DefinedReader reader(DefinedKind kind, @Nullable CodeReader code) {
    Stamper stamper = new Stamper(InstantSource.fixed(TestReader.NOW));
    stamper.node(7);
    return new DefinedReader(
        DefinedReader.Shape.of(kind, code), stamper, TestReader.NOW, Duration.ofDays(1), lease);
  }

  private static DefinedKind kind(Code code) {
    try {
      return new DefinedKind(
          KindFile.parse("meters", METERS).getFirst(),
          new KindProvider() {
            @Override
            public String name() {
              return "meters";
            }

            @Override
            public String definitions() {
              return METERS;
            }

            @Override
            public JsonNode read(String kind, JsonNode item) {
              assertThat(kind).isEqualTo("meters");
              return sneaky(code, item);
            }
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Throws whatever the code throws, as code in other languages can. */
  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> JsonNode sneaky(Code code, JsonNode item) throws E {
    try {
      return code.read(item);
    } catch (Exception e) {
      throw (E) e;
    }
  }

  @SuppressWarnings("InfiniteRecursion")
  private static JsonNode forEver(JsonNode item) {
    return forEver(item);
  }

  private Item item(String sent) {
    try {
      return new Item(
          new SentJson(32, ByteBudget.unlimited().lease(Stage.UPLOADS))
              .read(sent.getBytes(StandardCharsets.UTF_8)),
          List.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
