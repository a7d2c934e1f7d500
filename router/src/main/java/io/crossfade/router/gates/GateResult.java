package io.crossfade.router.gates;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.crossfade.reconciler.verdict.Verdict;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A gate's verdict with its numbers.
 *
 * @param findings what was measured beside the limit, with the sample size
 */
public record GateResult(Gate gate, Verdict verdict, @JsonIgnore List<Finding> findings) {

  GateResult(Gate gate, Verdict verdict, Finding finding) {
    this(gate, verdict, List.of(finding));
  }

  /** The findings in an English sentence. */
  @JsonProperty
  public String figures() {
    return findings.stream().map(Finding::toString).collect(Collectors.joining(", "));
  }
}
