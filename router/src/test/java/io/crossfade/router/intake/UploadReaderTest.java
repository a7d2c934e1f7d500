package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.crossfade.db.CommonEvent;
import io.crossfade.db.FactType;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.Owner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadReaderTest {

  private final UploadReader reader = TestReader.create();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":",
        "{\"data\":{}}x",
        "[1,",
        "nul",
        "{'a':1}",
        "{\"a\":01}",
        "\u0000",
        "{\"a\":\"\u0001\"}"
      })
  void brokenJsonIsRefused(String body) {
    assertThatThrownBy(() -> health(body))
        .isInstanceOf(BadUploadException.class)
        .extracting("status")
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "{}", "[]", "null"})
  void emptyBodyIsRefused(String body) {
    assertThatThrownBy(() -> health(body)).hasMessage("请求体不能为空");
  }

  @Test
  void deepNestingIsKeptAsItCameAndItsNeighboursAccepted() throws Exception {
    String deep = "[".repeat(500_000) + "\"]\\\"]\"" + "]".repeat(500_000);
    Upload upload =
        health("{\"data\":[{\"deviceSn\":\"D\",\"x\":%s},{\"x\":%s}]}".formatted(deep, deep));
    assertThat(upload.records()).extracting("deviceSn").containsExactly("D");
    assertThat(upload.reasons()).containsExactly(UnreadableReason.NO_DEVICE_ID);
    assertThat(new String(upload.unreadable().getFirst().body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"data\":{\"x\":" + deep + "}}");
    assertThat(health("{\"data\":" + deep + "}").reasons())
        .containsExactly(UnreadableReason.NOT_AN_OBJECT);
  }

  @Test
  void whatIsTooDeepIsNoFactAndNoValueOfAnEvent() throws Exception {
    String deep = "[".repeat(40) + "}".repeat(8) + "]".repeat(32);
    Upload health =
        health("{\"data\":{\"deviceSn\":\"D\",\"sleepData\":{\"data\":%s}}}".formatted(deep));
    assertThat(((HealthData) health.records().getFirst()).facts()).isEmpty();
    assertThat(health.reasons()).containsExactly(UnreadableReason.FACT_UNREADABLE);
    Upload event =
        reader.read(
            Kind.EVENT,
            bytes(
                "{\"deviceSn\":\"D\",\"eventType\":\"E\",\"eventValue\":{\"x\":%s}}"
                    .formatted(deep)));
    assertThat(event.records()).isEmpty();
    assertThat(event.troubles()).containsExactly("FIELD_UNREADABLE eventValue");
  }

  @Test
  void measurementsOfEventsAreNoMoreThanItemsMayBe() throws Exception {
    String event = "{\"deviceSn\":\"D\",\"eventType\":\"E\",\"healthData\":[%s]}";
    int most = TestReader.MOST_ITEMS;
    String measured = "{\"step\":1},";
    assertThat(
            reader
                .read(
                    Kind.EVENT, bytes(event.formatted(measured.repeat(most - 1) + "{\"step\":1}")))
                .records())
        .hasSize(most + 1);
    assertThatThrownBy(
            () ->
                reader.read(
                    Kind.EVENT, bytes(event.formatted(measured.repeat(most) + "{\"step\":1}"))))
        .hasMessage("数组过长，最多100条");
  }

  /** Of 2 MB; to make a new list for each takes minutes. */
  @Test
  void wrapperThatIsRepeatedWithoutEndTakesNoLonger() {
    byte[] body = bytes("{" + "\"data\":1,".repeat(220_000) + "\"data\":1}");
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThatThrownBy(() -> reader.read(Kind.HEALTH, body)).hasMessage("数组过长，最多100条"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void endlessNumbersAreNone() throws Exception {
    String endless = "9".repeat(500_000);
    assertThat(one("{\"data\":{\"deviceSn\":\"D\",\"step\":" + endless + "}}").step()).isNull();
    assertThat(one("{\"data\":{\"deviceSn\":\"D\",\"step\":1e-" + endless + "}}").step()).isNull();
  }

  @Test
  void tooManyItemsAreRefusedWhole() {
    assertThatThrownBy(() -> health("{\"data\":[" + "{},".repeat(TestReader.MOST_ITEMS) + "{}]}"))
        .extracting("status")
        .isEqualTo(413);
  }

  @Test
  void unreadableItemsAreKeptAndTheirNeighboursAccepted() throws Exception {
    Upload upload =
        health(
            "{\"data\":[{\"deviceSn\":\"A\"},7,null,[],\"x\",{\"heart_rate\":1},{\"deviceSn\":\""
                + "L".repeat(256)
                + "\"},{\"deviceSn\":\"B\"}]}");
    assertThat(upload.records()).extracting("deviceSn").containsExactly("A", "B");
    assertThat(upload.reasons())
        .containsExactly(
            UnreadableReason.NOT_AN_OBJECT,
            UnreadableReason.NOT_AN_OBJECT,
            UnreadableReason.NOT_AN_OBJECT,
            UnreadableReason.NOT_AN_OBJECT,
            UnreadableReason.NO_DEVICE_ID,
            UnreadableReason.TEXT_TOO_LONG);
    assertThat(new String(upload.unreadable().get(4).body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"data\":{\"heart_rate\":1}}");
  }

  @Test
  void repeatsWithinAnUploadAreCounted() throws Exception {
    Upload upload =
        health(
            "{\"data\":[{\"deviceSn\":\"A\",\"timestamp\":1757808900},{\"id\":\"A\",\"timestamp\":"
                + "\"2025-09-14 08:15:00\"},{\"deviceSn\":\"B\",\"timestamp\":1757808900}]}");
    assertThat(upload.items()).isEqualTo(new Upload.Items(2, 1, 0));
  }

  @Test
  void everyAliasOfAMetricIsKnown() throws Exception {
    HealthData data =
        one(
            "{\"data\":{\"id\":\"D\",\"xlv\":\"61\",\"xy\":\"98\",\"tw\":\"36.55\",\"gxy\":120,\"dxy\":80,"
                + "\"yl\":\"3\",\"bs\":\"4\",\"jl\":\"5.5\",\"rl\":\"6.5\",\"wd\":\"1.1234567\",\"jd\":\"2\",\"hb\":\"3\",\"cjsj\":\"2025-09-14"
                + " 08:15:00\",\"smData\":\"{\\\"code\\\":-1}\","
                + "\"ydData\":{\"code\":0},\"kxsmData\":\"{\\\"a\\\":1}\",\"ydWeekData\":\"[1]\"}}");
    assertThat(data.heartRate()).isEqualTo(61);
    assertThat(data.bloodOxygen()).isEqualTo(98);
    assertThat(data.temperature()).isEqualTo("36.55");
    assertThat(data.pressureHigh()).isEqualTo(120);
    assertThat(data.pressureLow()).isEqualTo(80);
    assertThat(data.stress()).isEqualTo(3);
    assertThat(data.step()).isEqualTo(4);
    assertThat(data.distance()).isEqualTo(5.5);
    assertThat(data.calorie()).isEqualTo(6.5);
    assertThat(data.position().latitude()).isEqualTo("1.123457");
    assertThat(data.position().longitude()).isEqualTo("2.000000");
    assertThat(data.position().altitude()).isEqualTo(3.0);
    assertThat(data.timestamp()).isEqualTo(LocalDateTime.of(2025, 9, 14, 8, 15));
    assertThat(data.sleep()).isZero();
    assertThat(data.facts())
        .containsEntry(FactType.SLEEP, "{\"code\":-1}")
        .containsEntry(FactType.EXERCISE_DAILY, "{\"code\":0}")
        .containsEntry(FactType.SCIENTIFIC_SLEEP, "{\"a\":1}")
        .containsEntry(FactType.EXERCISE_WEEK, "[1]");
    assertThat(
            one(
                "{\"data\":{\"id\":\"D\",\"heartRate\":1,\"bloodOxygen\":2,\"temperature\":3,"
                    + "\"pressureHigh\":4,\"pressureLow\":5}}"))
        .extracting("heartRate", "bloodOxygen", "pressureHigh", "pressureLow")
        .containsExactly(1, 2, 4, 5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "72|72",
        "\"72\"|72",
        "\" 72 \"|72",
        "\"72.0\"|72",
        "72.5|73",
        "0|0",
        "\"\"|-",
        "\"null\"|-",
        "null|-",
        "\"abc\"|-",
        "\"7 2\"|-",
        "true|-",
        "[]|-",
        "{}|-",
        "2147483647|2147483647",
        "2147483648|-",
        "-1|-1",
        "1e3|1000",
        "1e999999999|-",
        "\"1e999999999\"|-",
        "1e-999999999|-",
        "\"NaN\"|-",
        "\"Infinity\"|-",
        "\"٧\"|-"
      })
  void metricsComeInManyForms(String sent, Integer stored) throws Exception {
    assertThat(one("{\"data\":{\"id\":\"D\",\"step\":" + sent + "}}").step()).isEqualTo(stored);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "\"36.6\"|36.60",
        "36.605|36.61",
        "-36.605|-36.61",
        "999.99|999.99",
        "999.995|-",
        "1000|-",
        "\"\"|-"
      })
  void decimalsAreRoundedOnceAndFitTheirColumn(String sent, String stored) throws Exception {
    var temperature = one("{\"data\":{\"id\":\"D\",\"tw\":" + sent + "}}").temperature();
    assertThat(temperature == null ? null : temperature.toPlainString()).isEqualTo(stored);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "\"2025-09-14 08:15:00\"|2025-09-14T08:15",
        "1757808900|2025-09-14T08:15",
        "1757808900999|2025-09-14T08:15",
        "\"1757808900\"|2025-09-14T08:15",
        "\"\"|-",
        "null|-",
        "\"2025-02-30 08:15:00\"|-",
        "\"2025-09-14T08:15:00\"|2025-09-14T08:15",
        "12345|-",
        "\"yesterday\"|-",
        "-175780890|-",
        "\"0000-01-01 00:00:00\"|-",
        "\"1969-12-31 23:59:59\"|-",
        "\"9999-12-31 23:59:59\"|-",
        "\"+10000-01-01 00:00:00\"|-",
        "\"+67561-09-14 08:15:00\"|-",
        "1.757808900e9|-",
        "{}|-"
      })
  void timesThatCannotBeReadAreTheMomentOfAcceptance(String sent, LocalDateTime stored)
      throws Exception {
    assertThat(one("{\"data\":{\"id\":\"D\",\"timestamp\":" + sent + "}}").timestamp())
        .isEqualTo(stored == null ? TestReader.NOW_LOCAL : stored);
  }

  @Test
  void factInAStringMayStandAfterWhiteSpaceThatJsonKnows() throws Exception {
    assertThat(one("{\"data\":{\"id\":\"D\",\"ydData\":\" \\n{\\\"a\\\":1}\"}}").facts())
        .hasSize(1);
    assertThat(one("{\"data\":{\"id\":\"D\",\"ydData\":\"\\u3000{\\\"a\\\":1}\"}}").facts())
        .isEmpty();
  }

  @Test
  void idsOfOuterObjectsComeFirstAndApplyToEveryItem() throws Exception {
    Upload upload =
        health(
            "{\"customerId\":\"1\",\"org_id\":0,\"data\":[{\"id\":\"A\",\"customerId\":9,\"orgId\":2},"
                + "{\"id\":\"B\",\"userId\":\"\",\"user_id\":\"5\"}]}");
    assertThat(upload.records())
        .extracting(r -> ((HealthData) r).owner())
        .containsExactly(new Owner(1L, 2L, null), new Owner(1L, null, 5L));
  }

  @Test
  void healthInsideAnEventComesInThreeForms() throws Exception {
    for (String sent :
        new String[] {
          "{\"heart_rate\":70}",
          "{\"data\":{\"heart_rate\":70}}",
          "\"{\\\"data\\\":{\\\"heart_rate\\\":70}}\""
        }) {
      Upload upload =
          event(
              "{\"deviceSn\":\"D\",\"eventType\":\"a.b.SOS_EVENT\",\"userId\":4,\"healthData\":"
                  + sent
                  + "}");
      assertThat(upload.records()).hasSize(2);
      HealthData health = (HealthData) upload.records().get(1);
      assertThat(health.heartRate()).isEqualTo(70);
      assertThat(health.deviceSn()).isEqualTo("D");
      assertThat(health.uploadMethod()).isEqualTo("common_event");
      assertThat(health.owner().userId()).isEqualTo(4);
    }
  }

  @Test
  void eventStandsWhenItsHealthDataCannotBeRead() throws Exception {
    for (String sent : new String[] {"\"{broken\"", "[1]", "{}", "7"}) {
      Upload upload =
          event("{\"deviceSn\":\"D\",\"eventType\":\"SOS_EVENT\",\"healthData\":" + sent + "}");
      assertThat(upload.records()).hasSize(1).first().isInstanceOf(CommonEvent.class);
      assertThat(upload.reasons()).containsExactly(UnreadableReason.HEALTH_DATA_UNREADABLE);
    }
    assertThat(
            event("{\"deviceSn\":\"D\",\"eventType\":\"S\",\"healthData\":\"null\"}").unreadable())
        .isEmpty();
  }

  @Test
  void halvesOfSurrogatePairsAreReplacedBeforeTheyReachAPath() throws Exception {
    HealthData data =
        one("{\"data\":{\"id\":\"A\\ud800B\",\"ydData\":\"{\\\"a\\\":\\\"\\udfff\\\"}\"}}");
    assertThat(data.deviceSn()).isEqualTo("A?B");
    assertThat(io.crossfade.db.RecordCodec.decode(io.crossfade.db.RecordCodec.encode(data)))
        .isEqualTo(data);
  }

  @Test
  void eventWithoutATypeIsKept() throws Exception {
    assertThat(event("{\"deviceSn\":\"D\",\"eventType\":\"com.\"}").reasons())
        .containsExactly(UnreadableReason.NO_EVENT_TYPE);
  }

  /** Whatever comes, the answer is an upload or a refusal. */
  @Test
  void noiseIsReadOrRefusedAndNothingElse() {
    Random random = new Random(11);
    byte[] seed =
        "{\"data\":[{\"deviceSn\":\"D\",\"heart_rate\":\"7\",\"sleepData\":\"{}\",\"timestamp\":1}]}"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = seed.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      for (Kind kind : Kind.values()) {
        try {
          reader.read(kind, body);
        } catch (BadUploadException e) {
          assertThat(e.status()).isBetween(400, 413);
        }
      }
    }
  }

  private Upload health(String body) throws BadUploadException {
    return reader.read(Kind.HEALTH, body.getBytes(StandardCharsets.UTF_8));
  }

  private Upload event(String body) throws BadUploadException {
    return reader.read(Kind.EVENT, body.getBytes(StandardCharsets.UTF_8));
  }

  private HealthData one(String body) throws BadUploadException {
    return (HealthData) health(body).records().getFirst();
  }
}
