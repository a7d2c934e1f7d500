package io.crossfade.reconciler.cli;

import io.crossfade.db.control.DeadLetterDesk.State;
import io.crossfade.db.control.DeadLetters.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters. */
final class LetterOptions {

  @Option(names = "--source", description = "Where they died: ${COMPLETION-CANDIDATES}")
  private @Nullable Source source;

  @Option(names = "--kind", description = "Those of a kind, for example health")
  private @Nullable String kind;

  @Option(names = "--state", description = "${COMPLETION-CANDIDATES}; default: OPEN")
  private State state = State.OPEN;

  /** As the API names them. */
  Map<String, Object> parameters() {
    Map<String, Object> asked = new LinkedHashMap<>();
    if (source != null) {
      asked.put("source", source);
    }
    if (kind != null) {
      asked.put("kind", kind);
    }
    asked.put("state", state);
    return asked;
  }

  /** Reads the name of a letter: it becomes a part of an address. */
  static final class Name implements ITypeConverter<String> {

    @Override
    public String convert(String value) {
      if (!value.matches("[a-z]+/[0-9a-f]{32}")) {
        throw new TypeConversionException(
            "'%s' is no letter: write one as 'deadletters list' does, stream/0193…"
                .formatted(value));
      }
      return value;
    }
  }
}
