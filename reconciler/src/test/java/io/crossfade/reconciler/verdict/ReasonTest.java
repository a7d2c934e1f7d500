package io.crossfade.reconciler.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReasonTest {

  @Test
  void worstReasonMakesTheVerdictAndItsLikesTellIt() {
    assertThat(Reason.verdict(List.of())).isEqualTo(Verdict.PASS);
    assertThat(Reason.telling(List.of())).isEmpty();
    assertThat(Reason.verdict(List.of(Reason.FEW_ROWS))).isEqualTo(Verdict.INCONCLUSIVE);
    List<Reason> mixed =
        List.of(Reason.FEW_ROWS, Reason.DIFFERENCES, Reason.NOT_PROVEN, Reason.IN_NO_OUTPUT);
    assertThat(Reason.verdict(mixed)).isEqualTo(Verdict.FAIL);
    assertThat(Reason.telling(mixed)).containsExactly(Reason.IN_NO_OUTPUT, Reason.DIFFERENCES);
    assertThat(Reason.telling(List.of(Reason.FEW_ROWS, Reason.NOT_PROVEN)))
        .containsExactly(Reason.NOT_PROVEN, Reason.FEW_ROWS);
    assertThat(Reason.values()).noneMatch(reason -> reason.verdict() == Verdict.PASS);
    assertThat(Arrays.stream(Reason.values()).map(Reason::words))
        .doesNotHaveDuplicates()
        .noneMatch(String::isBlank);
  }

  @Test
  void oneFailureFailsAllAndNoVerdictIsNoPass() {
    assertThat(Verdict.worst(List.of())).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(Verdict.worst(List.of(Verdict.PASS))).isEqualTo(Verdict.PASS);
    assertThat(Verdict.worst(List.of(Verdict.PASS, Verdict.INCONCLUSIVE)))
        .isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(Verdict.worst(List.of(Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)))
        .isEqualTo(Verdict.FAIL);
  }
}
