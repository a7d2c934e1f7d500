package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.crossfade.db.budget.BudgetMeter;
import io.crossfade.db.control.LetterMeter;
import io.crossfade.db.process.LoopMeter;
import io.crossfade.legacy.LegacyMeter;
import io.crossfade.reconciler.ReconcilerMeter;
import io.crossfade.stream.StreamMeter;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What people read at night names only metrics, endpoints and places that exist. */
class OperatingTest {

  private static final Pattern METRIC = Pattern.compile("crossfade_[a-z_]+");
  private static final String PROMETHEUS_SUFFIX = "(_seconds)?(_(total|bucket|count|sum|max))?$";
  private static final Pattern ENDPOINT =
      Pattern.compile("(GET|POST|PUT|DELETE) (/api/[\\w/{}-]+)");
  private static final Pattern RUNBOOK = Pattern.compile("OPERATING\\.md#([\\w-]+)");

  @Test
  void metricsExist() throws IOException {
    Set<String> published = new TreeSet<>();
    Stream.of(
            Arrays.stream(RouterMeter.values()).map(RouterMeter::id),
            Arrays.stream(LoopMeter.values()).map(LoopMeter::id),
            Arrays.stream(LetterMeter.values()).map(LetterMeter::id),
            Arrays.stream(BudgetMeter.values()).map(BudgetMeter::id),
            Arrays.stream(LegacyMeter.values()).map(LegacyMeter::id),
            Arrays.stream(StreamMeter.values()).map(StreamMeter::id),
            Arrays.stream(ReconcilerMeter.values()).map(ReconcilerMeter::id))
        .flatMap(ids -> ids)
        .map(id -> id.replace('.', '_'))
        .forEach(published::add);
    Set<String> named = new TreeSet<>();
    for (Path file : operatorFiles()) {
      METRIC
          .matcher(Files.readString(file))
          .results()
          .map(MatchResult::group)
          .filter(name -> !"crossfade_test".equals(name))
          .map(name -> published.contains(name) ? name : name.replaceAll(PROMETHEUS_SUFFIX, ""))
          .forEach(named::add);
    }
    assertThat(named).hasSizeGreaterThan(30);
    assertThat(published).containsAll(named);
  }

  @Test
  void endpointsExist() throws IOException {
    Set<String> mapped = new TreeSet<>();
    for (JavaClass of : new ClassFileImporter().importPackages("io.crossfade.router")) {
      if (of.isAnnotatedWith(RestController.class)) {
        mapped.addAll(endpoints(of.reflect()));
      }
    }
    Set<String> named =
        ENDPOINT
            .matcher(Files.readString(Path.of("OPERATING.md")))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).hasSizeGreaterThan(8);
    assertThat(mapped).containsAll(named);
  }

  @Test
  void everyAlertLeadsToAPlace() throws IOException {
    Set<String> places =
        Files.readAllLines(Path.of("OPERATING.md")).stream()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3).toLowerCase(Locale.ROOT).replace(' ', '-'))
            .collect(Collectors.toSet());
    Set<String> wanted = new TreeSet<>();
    for (Path file : operatorFiles()) {
      RUNBOOK.matcher(Files.readString(file)).results().forEach(m -> wanted.add(m.group(1)));
    }
    try (Stream<Path> dashboards = Files.list(Path.of("../grafana/dashboards"))) {
      for (Path file : dashboards.toList()) {
        Pattern.compile("\\$\\{runbook}#([\\w-]+)")
            .matcher(Files.readString(file))
            .results()
            .forEach(m -> wanted.add(m.group(1)));
      }
    }
    assertThat(wanted).hasSizeGreaterThan(10);
    assertThat(places).containsAll(wanted);
  }

  private static Set<String> endpoints(Class<?> controller) {
    RequestMapping base =
        AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
    Set<String> endpoints = new TreeSet<>();
    for (Method method : controller.getDeclaredMethods()) {
      RequestMapping mapping =
          AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
      if (mapping != null) {
        String prefix = base == null || base.path().length == 0 ? "" : base.path()[0];
        String path = mapping.path().length == 0 ? "" : mapping.path()[0];
        Arrays.stream(mapping.method()).forEach(verb -> endpoints.add(verb + " " + prefix + path));
      }
    }
    return endpoints;
  }

  private static Set<Path> operatorFiles() throws IOException {
    Set<Path> files = new TreeSet<>(Set.of(Path.of("OPERATING.md")));
    try (Stream<Path> all = Files.walk(Path.of("../grafana"))) {
      all.filter(path -> path.toString().matches(".*\\.(json|yaml)")).forEach(files::add);
    }
    return files;
  }
}
