package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser.NumberType;
import org.junit.jupiter.api.Test;

class SentNumberTest {

  @Test
  void codeOfAKindComputesWithNoMoreDigitsThanJacksonReads() {
    SentNumber most = new SentNumber("9".repeat(1_000));
    assertThat(most.bigIntegerValue()).hasToString("9".repeat(1_000));

    SentNumber more = new SentNumber("9".repeat(1_001));
    assertThat(more.numberType()).isEqualTo(NumberType.BIG_INTEGER);
    assertThat(more.canConvertToLong()).isFalse();
    assertThat(more.asText()).hasSize(1_001);
    assertThatThrownBy(more::decimalValue).isInstanceOf(NumberFormatException.class);
    assertThatThrownBy(more::longValue).isInstanceOf(NumberFormatException.class);
    assertThatThrownBy(more::bigIntegerValue).isInstanceOf(NumberFormatException.class);
  }
}
