package io.crossfade.reconciler.cli;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.DifferencePlace;
import io.crossfade.reconciler.DifferenceSelection;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which differences of a run, under the names that the API has for them. */
final class SelectionOptions {

  @Option(names = "--all", description = "All that the run found")
  private boolean all;

  @Option(
      names = "--row",
      paramLabel = "TABLE:ID",
      description = "This one; as often as there are rows")
  private @Nullable List<String> rows;

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

  /** What was said. */
  DifferenceSelection selection(CommandLine command) {
    try {
      DifferenceFilter filter =
          new DifferenceFilter(
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
      return DifferenceSelection.of(
          all, filter.equals(DifferenceFilter.ALL) ? null : filter, places());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Set<DifferencePlace> places() {
    return rows == null
        ? null
        : rows.stream().map(DifferencePlace::parse).collect(Collectors.toSet());
  }
}
