package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shell sees of the jar that is run, beside the command's own words: nothing. */
class PackagedCliIT {

  @TempDir private Path directory;

  @Test
  void mistakeIsOneLine() throws Exception {
    Path plain = directory.resolve("plain.log");
    Path structured = directory.resolve("structured.log");
    for (Map<String, String> environment :
        List.of(
            Map.<String, String>of(),
            Map.of("LOGGING_FILE_NAME", plain.toString()),
            Map.of(
                "LOGGING_FILE_NAME",
                structured.toString(),
                "LOGGING_STRUCTURED_FORMAT_FILE",
                "ecs"))) {
      assertThat(said(environment).lines())
          .singleElement()
          .asString()
          .startsWith("error: ")
          .contains("crossfade.db.legacy.url must look like");
    }
    assertThat(plain).content().doesNotStartWith("{").isNotBlank();
    assertThat(structured).content().startsWith("{");
  }

  /** What a command with a setting that cannot be says, out and err. */
  private String said(Map<String, String> environment) throws IOException {
    Path jar;
    try (Stream<Path> built = Files.list(Path.of("target"))) {
      jar =
          built
              .filter(file -> file.getFileName().toString().matches("reconciler-.*-cli\\.jar"))
              .findFirst()
              .orElseThrow();
    }
    Path said = directory.resolve("said.txt");
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar.toAbsolutePath().toString(),
            "selftest");
    command.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(said.toFile());
    command.environment().keySet().removeIf(name -> name.startsWith("CROSSFADE_"));
    command.environment().put("CROSSFADE_DB_LEGACY_URL", "somewhere");
    command.environment().putAll(environment);
    int exit = command.start().onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue();
    assertThat(exit).isEqualTo(3);
    return Files.readString(said, StandardCharsets.UTF_8);
  }
}
