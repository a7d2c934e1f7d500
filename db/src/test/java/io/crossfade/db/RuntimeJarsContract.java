package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a packaged jar brings along is known: each jar in it stands in the module's {@code
 * runtime-jars.txt} under a reason, and in the bill of materials.
 */
public abstract class RuntimeJarsContract {

  private static final Pattern LIBRARY = Pattern.compile("BOOT-INF/lib/(.+?)-\\d[^/]*\\.jar");
  private static final Pattern COMPONENT = Pattern.compile("\"purl\" : \"pkg:maven/[^/]+/([^@]+)@");

  /** Boot's plugin puts it there; no POM names it. */
  private static final String OF_THE_PLUGIN = "spring-boot-jarmode-tools";

  private final String jar;
  private final long mostBytes;

  /**
   * @param jar pattern of its name, for example {@code .*-worker\\.jar}
   * @param mostBytes the largest that it may be
   */
  protected RuntimeJarsContract(String jar, long mostBytes) {
    this.jar = jar;
    this.mostBytes = mostBytes;
  }

  @Test
  void everyJarHasAReason() throws IOException {
    List<String> listed = listed();
    SortedSet<String> packaged = packaged();
    SortedSet<String> unknown = new TreeSet<>(packaged);
    listed.forEach(unknown::remove);
    assertThat(unknown)
        .as(
            "New in %s: exclude it where it comes from (mvn dependency:tree says where), or add it"
                + " to %s under the reason it is needed for",
            packagedJar(), list())
        .isEmpty();
    SortedSet<String> gone = new TreeSet<>(listed);
    gone.removeAll(packaged);
    assertThat(gone).as("No longer in %s: take it from %s", packagedJar(), list()).isEmpty();
    assertThat(listed).as("Each once in %s", list()).doesNotHaveDuplicates();
  }

  @Test
  void everyReasonHasItsJarsInOrder() throws IOException {
    String reason = null;
    String before = "";
    for (String line : Files.readAllLines(list())) {
      if (line.startsWith("# ")) {
        reason = line;
        before = "";
      } else if (line.isBlank()) {
        reason = null;
      } else {
        assertThat(reason).as("The reason for %s in %s", line, list()).isNotNull();
        assertThat(line).as("Order under '%s' in %s", reason, list()).isGreaterThan(before);
        before = line;
      }
    }
  }

  @Test
  void billOfMaterialsNamesEveryJar() throws IOException {
    SortedSet<String> components = new TreeSet<>();
    try (JarFile file = new JarFile(packagedJar().toFile());
        InputStream bill =
            file.getInputStream(file.getEntry("META-INF/sbom/application.cdx.json"))) {
      Matcher component =
          COMPONENT.matcher(new String(bill.readAllBytes(), StandardCharsets.UTF_8));
      while (component.find()) {
        components.add(component.group(1));
      }
    }
    SortedSet<String> packaged = packaged();
    packaged.remove(OF_THE_PLUGIN);
    assertThat(components).containsAll(packaged);
  }

  @Test
  void jarIsNoLargerThanItMayBe() throws IOException {
    assertThat(Files.size(packagedJar())).isLessThanOrEqualTo(mostBytes);
  }

  private SortedSet<String> packaged() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try (JarFile file = new JarFile(packagedJar().toFile())) {
      file.stream()
          .map(entry -> LIBRARY.matcher(entry.getName()))
          .filter(Matcher::matches)
          .forEach(library -> names.add(library.group(1)));
    }
    assertThat(names).isNotEmpty();
    return names;
  }

  private Path packagedJar() throws IOException {
    try (Stream<Path> built = Files.list(Path.of("target"))) {
      List<Path> jars = built.filter(path -> path.getFileName().toString().matches(jar)).toList();
      assertThat(jars).as("What is called %s, made by mvn package", jar).hasSize(1);
      return jars.getFirst();
    }
  }

  private static List<String> listed() throws IOException {
    List<String> names = new ArrayList<>(Files.readAllLines(list()));
    names.removeIf(line -> line.isBlank() || line.startsWith("#"));
    return names;
  }

  private static Path list() {
    return Path.of("runtime-jars.txt").toAbsolutePath();
  }
}
