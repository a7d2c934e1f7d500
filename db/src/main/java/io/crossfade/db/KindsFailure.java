package io.crossfade.db;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why kinds cannot be used, a file's mistakes above all, instead of a stack trace. */
final class KindsFailure extends AbstractFailureAnalyzer<KindsSetting.UnusableException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, KindsSetting.UnusableException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Mend it and start again. README.md, \"Your own records\", says what may stand in a file or"
            + " come from a jar; kinds.schema.json lets an editor say it.",
        cause);
  }
}
