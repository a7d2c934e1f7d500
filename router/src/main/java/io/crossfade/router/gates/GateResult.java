package io.crossfade.router.gates;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.crossfade.reconciler.verdict.Verdict;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A gate's verdict with its numbers.
 *
 * @param name of a check of one's own; {@code null} for a gate that is built in
 * @param dryRun whether it is only shown, and counts for nothing
 * @param findings what was measured beside the limit, with the sample size
 */
public record GateResult(
    Gate gate,
    @Nullable String name,
    boolean dryRun,
    Verdict verdict,
    @JsonIgnore List<Finding> findings) {

  GateResult(Gate gate, Verdict verdict, List<Finding> findings) {
    this(gate, null, false, verdict, findings);
  }

  GateResult(Gate gate, Verdict verdict, Finding finding) {
    this(gate, verdict, List.of(finding));
  }

  /** Whether it is in the way. */
  public boolean blocks() {
    return verdict != Verdict.PASS && !dryRun;
  }

  /** For example {@code CONSISTENCY}, or {@code CHECK error-share}. */
  public String title() {
    return name == null ? gate.name() : gate + " " + name;
  }

  /** The findings in an English sentence. */
  @JsonProperty
  public String figures() {
    return findings.stream().map(Finding::toString).collect(Collectors.joining(", "));
  }
}
