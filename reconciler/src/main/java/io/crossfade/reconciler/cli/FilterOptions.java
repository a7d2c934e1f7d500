package io.crossfade.reconciler.cli;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which differences have what in common. */
final class FilterOptions {

  @Option(names = "--kind", description = "Those of a kind, for example health")
  private @Nullable String kind;

  @Option(names = "--class", description = "Those of a class: ${COMPLETION-CANDIDATES}")
  private @Nullable DifferenceClass difference;

  @Option(names = "--column", description = "Those in which this column differs")
  private @Nullable String column;

  @Option(names = "--explained", arity = "1", description = "Whether it is known why")
  private @Nullable Boolean explained;

  @Option(names = "--explanation", description = "Why: ${COMPLETION-CANDIDATES}")
  private @Nullable Explanation explanation;

  @Option(names = "--urgent", arity = "1", description = "Whether they go ahead of others")
  private @Nullable Boolean urgent;

  @Option(names = "--device", description = "Those of a device: its serial number")
  private @Nullable String device;

  @Option(
      names = "--from",
      converter = WindowOptions.Moment.class,
      description = "Those accepted then or later")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      converter = WindowOptions.Moment.class,
      description = "Those accepted before then")
  private @Nullable Instant to;

  /**
   * What was said.
   *
   * @throws IllegalArgumentException when there is no such kind
   */
  DifferenceFilter filter() {
    return new DifferenceFilter(
        kind == null ? null : Kind.valueOf(kind),
        difference,
        column,
        explained,
        explanation,
        urgent,
        null,
        device,
        from,
        to);
  }

  /** The same under the names that the API has for it. */
  Map<String, Object> parameters() {
    Map<String, Object> asked = new LinkedHashMap<>();
    put(asked, "kind", kind);
    put(asked, "class", difference);
    put(asked, "column", column);
    put(asked, "explained", explained);
    put(asked, "reason", explanation);
    put(asked, "urgent", urgent);
    put(asked, "device", device);
    put(asked, "from", from);
    put(asked, "to", to);
    return asked;
  }

  private static void put(Map<String, Object> asked, String name, @Nullable Object value) {
    if (value != null) {
      asked.put(name, value);
    }
  }
}
