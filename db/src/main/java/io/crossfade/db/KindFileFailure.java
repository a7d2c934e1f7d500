package io.crossfade.db;

import io.crossfade.db.kind.KindFileException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows the mistakes of a file with kinds instead of a stack trace. */
final class KindFileFailure extends AbstractFailureAnalyzer<KindFileException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, KindFileException cause) {
    return new FailureAnalysis(
        "A file with kinds has mistakes:\n" + cause.getMessage(),
        "Mend these lines and start again. README.md, \"Your own records\", says what may stand in"
            + " them; kinds.schema.json lets an editor say it.",
        cause);
  }
}
