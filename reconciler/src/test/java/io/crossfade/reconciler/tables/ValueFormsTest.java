package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When two values are the same, and when they are not. */
class ValueFormsTest {

  private static final ColumnShape COLUMN =
      new ColumnShape(
          "a", "varchar(99)", Family.TEXT, "utf8mb4", null, true, false, false, false, List.of());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"a\":1,\"b\":2}|{\"b\": 2, \"a\": 1}|true",
        "{\"a\":1,\"a\":2}|{\"a\": 2}|true",
        "{\"a\":1}|{\"a\":1,\"b\":null}|false",
        "[1,2]|[2,1]|false",
        "1|1.0|true",
        "1e2|100|true",
        "\"\\u00e9\"|\"é\"|true",
        "\"e\"|\"é\"|false",
        "0.1|0.1000000000000000055|true",
        "0.1|0.10000000000000003|false",
        "9007199254740993|9007199254740992|false",
        "9007199254741000|9007199254741001|false",
        "1.23456789012345678901|1.23456789012345678902|false",
        "1e20|100000000000000000001|true",
        "null|\"null\"|false",
        "not json|not  json|false",
      })
  void json(String left, String right, boolean same) {
    assertThat(JsonForm.BY_VALUE.same(bytes(left), bytes(right))).isEqualTo(same);
    assertThat(JsonForm.BY_VALUE.same(bytes(right), bytes(left))).isEqualTo(same);
  }

  @Test
  void rules() {
    assertThat(same(new ColumnRule.Scale(2), "1.005", "1.01")).isTrue();
    assertThat(same(new ColumnRule.Scale(2), "1.004", "1.01")).isFalse();
    ColumnRule near = new ColumnRule.Tolerance(new BigDecimal("0.01"));
    assertThat(same(near, "1", "1.01")).isTrue();
    assertThat(same(near, "1", "0.9899")).isFalse();
    assertThat(same(new ColumnRule.Text(true, false), " a", "a\n")).isTrue();
    assertThat(same(new ColumnRule.Text(true, false), "A", "a")).isFalse();
    assertThat(same(new ColumnRule.Text(false, true), "ÉA", "éa")).isTrue();
    assertThat(same(new ColumnRule.Text(false, true), "a ", "a")).isFalse();
    ColumnRule zones = new ColumnRule.TimeZone(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC"));
    assertThat(same(zones, "2026-07-01 12:00:00", "2026-07-01 10:00:00.000")).isTrue();
    assertThat(same(zones, "2026-01-01 12:00:00", "2026-01-01 10:00:00")).isFalse();
    assertThat(same(zones, "0000-00-00 00:00:00", "0000-00-00 00:00:01")).isFalse();
  }

  @Test
  void membersAsTheServerWritesThem() {
    assertThat(TableShapes.members("enum('a','it''s','b\\\\c','x,y','(')"))
        .isEqualTo(List.of("a", "it's", "b\\c", "x,y", "("));
  }

  private static boolean same(ColumnRule rule, String left, String right) {
    return rule.form(COLUMN, COLUMN).same(bytes(left), bytes(right));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
