package io.crossfade.reconciler.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Visible;
import org.junit.jupiter.api.Test;

/** What a device sent is seen, and does nothing. */
class VisibleTest {

  @Test
  void everyCharacterThatActsIsWrittenOut() {
    assertThat(Visible.of("SN1\u001b[2J\u009b1A\r\nforged\u0000\u007f"))
        .isEqualTo("SN1\\u001b[2J\\u009b1A\\u000d\\u000aforged\\u0000\\u007f");
    assertThat(Visible.of("\u202egnp\u2066\u200f")).isEqualTo("\\u202egnp\\u2066\\u200f");
    assertThat(Visible.of("设备 – Ñandú 😀")).isEqualTo("设备 – Ñandú 😀");
  }

  @Test
  void noSpreadsheetComputesIt() {
    for (String[] one :
        new String[][] {
          {"=1+1", "'=1+1"},
          {"+1", "'+1"},
          {"@SUM(A1)", "'@SUM(A1)"},
          {"a;=1+1", "a;'=1+1"},
          {"a,  -2", "a,  '-2"},
          {"a|=cmd", "a|'=cmd"},
          {"\uff1d1", "'\uff1d1"},
          {"a\"=1", "a\"'=1"},
          // Written out they separate nothing.
          {"a\t=1", "a\\u0009=1"},
          {"a\n=1", "a\\u000a=1"},
          {"DEV-1=2", "DEV-1=2"}
        }) {
      assertThat(DifferencesCsv.harmless(one[0])).isEqualTo(one[1]);
    }
  }

  @Test
  void valueAfterItsNameBeginsNoCellUnlessItHasASeparator() {
    assertThat(DifferencesCsv.inside("=1+1")).isEqualTo("=1+1");
    assertThat(DifferencesCsv.inside(";=1+1")).isEqualTo(";'=1+1");
    assertThat(DifferencesCsv.inside("a;=1")).isEqualTo("a;'=1");
    assertThat(DifferencesCsv.inside("-5")).isEqualTo("-5");
    assertThat(DifferencesCsv.inside("")).isEmpty();
  }
}
