package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.legacy.LegacyMeter;
import io.crossfade.reconciler.ReconcilerMeter;
import io.crossfade.stream.StreamMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every metric that a dashboard names is one that the applications publish. */
class GrafanaMetricsTest {

  private static final Pattern METRIC = Pattern.compile("crossfade_[a-z_]+");
  private static final String PROMETHEUS_SUFFIX = "(_seconds)?_(total|bucket|count|sum|max)$";

  @Test
  void dashboardsNameOnlyMetricsThatExist() throws IOException {
    Set<String> published =
        Stream.of(
                Arrays.stream(RouterMeter.values()).map(RouterMeter::id),
                Arrays.stream(LegacyMeter.values()).map(LegacyMeter::id),
                Arrays.stream(StreamMeter.values()).map(StreamMeter::id),
                Arrays.stream(ReconcilerMeter.values()).map(ReconcilerMeter::id))
            .flatMap(ids -> ids)
            .map(id -> id.replace('.', '_'))
            .collect(Collectors.toSet());
    Set<String> named = named();
    assertThat(named).isNotEmpty();
    assertThat(published).containsAll(named);
  }

  private static Set<String> named() throws IOException {
    Set<String> named = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("../grafana"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        Matcher metric = METRIC.matcher(Files.readString(file));
        while (metric.find()) {
          named.add(metric.group().replaceAll(PROMETHEUS_SUFFIX, ""));
        }
      }
    }
    return named;
  }
}
