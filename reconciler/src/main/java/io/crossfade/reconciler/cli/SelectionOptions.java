package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.DifferencePlace;
import io.crossfade.reconciler.DifferenceSelection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

  @Mixin private FilterOptions filter = new FilterOptions();

  /** What was said. */
  DifferenceSelection selection(CommandLine command) {
    try {
      DifferenceFilter of = filter.filter();
      return DifferenceSelection.of(all, of.equals(DifferenceFilter.ALL) ? null : of, places());
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
