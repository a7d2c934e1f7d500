package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.DeviceInfo;
import io.crossfade.db.FactType;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.Owner;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that is sent vanishes, and nothing is bent. */
class SentFormsTest {

  private static final String FULL =
      "{\"deviceSn\":\"名😀\",\"heart_rate\":72,\"timestamp\":1757808900}";
  private final UploadReader reader = TestReader.create();

  @ParameterizedTest
  @ValueSource(
      strings = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
  void bodiesInEveryUnicodeFormReadAlike(String charset) throws Exception {
    for (String mark : List.of("", "\uFEFF")) {
      byte[] body = (mark + FULL).getBytes(Charset.forName(charset));
      HealthData data = (HealthData) reader.read(Kind.HEALTH, body).records().getFirst();
      assertThat(data.deviceSn()).isEqualTo("名😀");
      assertThat(data.heartRate()).isEqualTo(72);
    }
  }

  @Test
  void bytesThatAreNoCharacterAreQuestionMarks() throws Exception {
    for (int[] bad : new int[][] {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xe5, 0xa4}, {0xf8}}) {
      byte[] body = "{\"deviceSn\":\"A____B\"}".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < bad.length; i++) {
        body[14 + i] = (byte) bad[i];
      }
      AcceptedRecord read = reader.read(Kind.HEALTH, body).records().getFirst();
      assertThat(read.deviceSn()).matches("A\\?+_+B");
    }
    byte[] outside = {'{', (byte) 0xff, '}'};
    assertThatThrownBy(() -> reader.read(Kind.HEALTH, outside))
        .isInstanceOf(BadUploadException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "120.0|120.0",
        "1.2E+2|1.2E+2",
        "-0.0|-0.0",
        "1e99999999999|1e99999999999",
        "true|true",
        "\" a \"|a",
        "{\"v\" : 120.0}|{\"v\":120.0}",
        "[1, 2.50]|[1,2.50]",
        "{}|{}"
      })
  void textKeepsTheFormInWhichItWasSent(String sent, String stored) throws Exception {
    CommonEvent event =
        (CommonEvent)
            read(Kind.EVENT, "{\"deviceSn\":\"D\",\"eventType\":\"T\",\"eventValue\":" + sent + "}")
                .records()
                .getFirst();
    assertThat(event.eventValue()).isEqualTo(stored);
  }

  @Test
  void factsKeepTheirNumbers() throws Exception {
    for (String sent :
        List.of("{\"v\": 120.0, \"w\":1E5}", "\"{\\\"v\\\":120.0,\\\"w\\\":1E5}\"")) {
      assertThat(
              health("{\"id\":\"D\",\"workoutData\":" + sent + "}").facts().get(FactType.WORKOUT))
          .isEqualTo("{\"v\":120.0,\"w\":1E5}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"{\\\"a\\\":NaN}\"", "\"no json\"", "7", "true", "\"7\""})
  void factThatIsNoneIsALetterBesideTheRow(String sent) throws Exception {
    Upload upload =
        read(Kind.HEALTH, "{\"userId\":5,\"data\":{\"id\":\"D\",\"ydData\":" + sent + "}}");
    assertThat(upload.records()).hasSize(1);
    assertThat(upload.items()).isEqualTo(new Upload.Items(1, 0, 0));
    assertThat(upload.reasons()).containsExactly(UnreadableReason.FACT_UNREADABLE);
    assertThat(letter(upload))
        .isEqualTo("{\"userId\":5,\"data\":{\"id\":\"D\",\"ydData\":" + sent + "}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\" \"", "\"null\"", "\"NULL\"", "null"})
  void emptyIsUnsetForEveryAlias(String empty) throws Exception {
    HealthData data =
        health(
            ("{\"deviceSn\":%1$s,\"id\":\"D\",\"heart_rate\":%1$s,\"heartRate\":%1$s,\"xlv\":61,"
                    + "\"timestamp\":%1$s,\"cjsj\":1757808900,\"customerId\":%1$s,\"customer_id\":9,"
                    + "\"sleepData\":%1$s,\"smData\":{\"code\":0},\"latitude\":%1$s,\"wd\":\"1.5\"}")
                .formatted(empty));
    assertThat(data.deviceSn()).isEqualTo("D");
    assertThat(data.heartRate()).isEqualTo(61);
    assertThat(data.timestamp()).isEqualTo("2025-09-14T08:15:00");
    assertThat(data.owner().customerId()).isEqualTo(9);
    assertThat(data.facts()).containsKey(FactType.SLEEP);
    assertThat(data.position().latitude()).isEqualTo("1.500000");
    DeviceInfo info =
        (DeviceInfo)
            read(
                    Kind.DEVICE,
                    "{\"SerialNumber\":%1$s,\"serial_number\":\"D\",\"Device Name\":%1$s,\"DeviceName\":\"N\"}"
                        .formatted(empty))
                .records()
                .getFirst();
    assertThat(info.deviceSn()).isEqualTo("D");
    assertThat(info.deviceName()).isEqualTo("N");
  }

  @ParameterizedTest
  @CsvSource({
    "12.5,",
    "1e-3,",
    "12.0,12",
    "1e3,1000",
    "99999999999999999999,",
    "-7,-7",
    "'\"x\"',"
  })
  void anIdIsAWholeNumberOrUnset(String sent, Long stored) throws Exception {
    assertThat(health("{\"id\":\"D\",\"userId\":" + sent + "}").owner())
        .isEqualTo(new Owner(null, null, stored));
  }

  @ParameterizedTest
  @CsvSource({
    "2025-09-14T08:15:00,2025-09-14T08:15",
    "2025-09-14T08:15:00.999,2025-09-14T08:15",
    "'2025-09-14 08:15:00,5',2025-09-14T08:15",
    "2025-09-14T00:15:00Z,2025-09-14T08:15",
    "2025-09-14t00:15:00.123456789z,2025-09-14T08:15",
    "2025-09-14T02:15:00+02:00,2025-09-14T08:15",
    "2025-09-13T20:15:00-0400,2025-09-14T08:15",
    "2025-09-14T02:15:00+02,2025-09-14T08:15",
    "2025-09-14T02:15:00+99:99,2025-09-14T08:30:15",
    "2025-02-30T08:15:00Z,2025-09-14T08:30:15",
    "2025-09-15 08:30:15,2025-09-15T08:30:15",
    "2025-09-15 08:30:16,2025-09-14T08:30:15",
    "2099-01-01T00:00:00Z,2025-09-14T08:30:15"
  })
  void timesAreReadInEveryFormAndNotBelievedFromFarAhead(String sent, LocalDateTime stored)
      throws Exception {
    assertThat(health("{\"id\":\"D\",\"timestamp\":\"" + sent + "\"}").timestamp())
        .isEqualTo(stored);
  }

  /** Whatever stands under data: a record or a letter. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|1|0",
        "{}|1|0",
        "null|1|0",
        "\"null\"|1|0",
        "7|1|1",
        "\"x\"|1|1",
        "{\"x\":1}|1|1",
        "[{\"id\":\"A\"},{\"id\":\"B\"},7]|3|1",
        "{\"data\":{\"data\":{\"id\":\"A\"}}}|2|0",
        "{\"data\":[]}|1|1"
      })
  void nothingUnderDataVanishes(String under, int records, int letters) throws Exception {
    Upload upload =
        read(
            Kind.HEALTH,
            "{\"data\":{\"deviceSn\":\"D\",\"heart_rate\":72,\"data\":" + under + "}}");
    assertThat(upload.records()).hasSize(records);
    assertThat(upload.unreadable()).hasSize(letters);
    assertThat(upload.items()).isEqualTo(new Upload.Items(records, 0, letters));
    Upload wrapperOnly = read(Kind.HEALTH, "{\"data\":{\"x\":1,\"data\":" + under + "}}");
    assertThat(wrapperOnly.records().size() + wrapperOnly.unreadable().size()).isPositive();
  }

  @Test
  void healthInAnEventIsReadInListsAndWrappersToo() throws Exception {
    for (String sent :
        List.of(
            "[{\"heart_rate\":70},{\"heart_rate\":71,\"timestamp\":1757808901}]",
            "{\"data\":[{\"heart_rate\":70},{\"heart_rate\":71,\"timestamp\":1757808901}]}",
            "{\"heart_rate\":70,\"data\":{\"heart_rate\":71,\"timestamp\":1757808901}}")) {
      Upload upload = event(sent);
      assertThat(upload.records()).hasSize(3);
      assertThat(upload.unreadable()).isEmpty();
      assertThat(upload.items()).isEqualTo(new Upload.Items(1, 0, 0));
    }
    for (String sent :
        List.of(
            "[]",
            "{}",
            "{\"data\":{}}",
            "{\"data\":[]}",
            "true",
            "\"{x\"",
            "[{\"heart_rate\":70},7]")) {
      Upload upload = event(sent);
      assertThat(upload.reasons()).containsExactly(UnreadableReason.HEALTH_DATA_UNREADABLE);
      assertThat(letter(upload)).contains("\"deviceSn\":\"D\"").contains("\"healthData\":" + sent);
    }
    assertThat(
            event("{\"upload_method\":\"w\",\"deviceSn\":\"" + "x".repeat(256) + "\"}").reasons())
        .as("no reason of an item's own: the event stands")
        .containsExactly(UnreadableReason.HEALTH_DATA_UNREADABLE);
    for (String sent : List.of("null", "\"\"", "\"null\"")) {
      assertThat(event(sent).records()).hasSize(1);
      assertThat(event(sent).unreadable()).isEmpty();
    }
  }

  @Test
  void ofOneNameTwiceTheLastValueCountsAndOfItemsAll() throws Exception {
    HealthData data = health("{\"id\":\"A\",\"id\":\"B\",\"id\":\"\",\"xlv\":1,\"xlv\":2}");
    assertThat(data.deviceSn()).isEqualTo("B");
    assertThat(data.heartRate()).isEqualTo(2);
    Upload upload =
        read(
            Kind.HEALTH,
            "{\"data\":{\"id\":\"A\"},\"data\":[{\"id\":\"B\"},{\"id\":\"C\"}],\"data\":7}");
    assertThat(upload.records()).extracting("deviceSn").containsExactly("A", "B", "C");
    assertThat(upload.reasons()).containsExactly(UnreadableReason.NOT_AN_OBJECT);
  }

  @Test
  void letterIsAnUploadThatReadsAsItsItemDid() throws Exception {
    Upload upload =
        read(
            Kind.HEALTH,
            "{\"customerId\":\"1\",\"relay\":\"%s\",\"data\":{\"org_id\":2,\"deviceSn\":\"S\",\"note\":\"n\",\"data\":[{\"tw\":1.50}]}}"
                .formatted("x".repeat(100_000)));
    assertThat(upload.reasons()).containsExactly(UnreadableReason.NO_DEVICE_ID);
    assertThat(letter(upload))
        .isEqualTo(
            "{\"deviceSn\":\"S\",\"note\":\"n\",\"customerId\":1,\"orgId\":2,\"data\":{\"tw\":1.50}}");
    String mended = letter(upload).replace("{\"tw\"", "{\"id\":\"S\",\"tw\"");
    Instant moment = Instant.parse("2025-01-02T03:04:05Z");
    AcceptedRecord again =
        reader.reread(Kind.HEALTH, mended.getBytes(StandardCharsets.UTF_8), moment).getFirst();
    assertThat(again.timestamp()).as("of its upload").isEqualTo("2025-01-02T11:04:05");
    assertThat(again.owner()).isEqualTo(new Owner(1L, 2L, null));
  }

  private Upload event(String health) throws BadUploadException {
    return read(
        Kind.EVENT,
        "{\"deviceSn\":\"D\",\"eventType\":\"SOS_EVENT\",\"timestamp\":1757808900,\"healthData\":"
            + health
            + "}");
  }

  private HealthData health(String item) throws BadUploadException {
    return (HealthData) read(Kind.HEALTH, item).records().getFirst();
  }

  private Upload read(Kind kind, String body) throws BadUploadException {
    return reader.read(kind, body.getBytes(StandardCharsets.UTF_8));
  }

  private static String letter(Upload upload) {
    return new String(upload.unreadable().getFirst().body(), StandardCharsets.UTF_8);
  }
}
