package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shell completes, and the start script: by a real shell. */
class CompletionCommandTest {

  @TempDir private Path directory;

  @Test
  void completesCommandsAndOptions() throws Exception {
    Cli.Said said = Cli.run(List.of("completion", "bash"));
    assertThat(said.code()).as(said.toString()).isZero();
    Path script = Files.writeString(directory.resolve("completion"), said.out());
    assertThat(completed(script, "reconciler", "di")).contains("diff");
    assertThat(completed(script, "reconciler", "diff", "--re")).contains("--repair", "--replica");
    assertThat(completed(script, "reconciler", "diff", "--target", "")).contains("LEFT", "RIGHT");
  }

  @Test
  void helpReadsLikeAPageOfAManual() {
    Cli.Said said = Cli.run(List.of("diff", "--help"));
    assertThat(said.code()).isZero();
    assertThat(said.out())
        .containsSubsequence(
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "--left",
            "HOW MUCH IT MAY TAKE",
            "--max-replica-delay",
            "REPAIR",
            "--deletes",
            "EXIT CODES",
            "ENVIRONMENT",
            "EXAMPLES");
    assertThat(said.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void startScriptSaysWhatIsMissing() throws Exception {
    Path script = directory.resolve("reconciler");
    Files.copy(Path.of("src/main/dist/reconciler"), script);
    Process process = new ProcessBuilder("sh", script.toString()).start();
    String err = new String(process.getErrorStream().readAllBytes());
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ExitCode.ERROR);
    assertThat(err).contains("no reconciler-*-cli.jar", "CROSSFADE_RECONCILER_JAR");
  }

  @Test
  void startScriptRunsTheJarBesideIt() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin dir"));
    Path script = bin.resolve("reconciler");
    Files.copy(Path.of("src/main/dist/reconciler"), script);
    Files.createFile(bin.resolve("reconciler-1-cli.jar"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), script);
    Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nfor one in \"$@\"; do echo \"<$one>\"; done\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    ProcessBuilder builder = new ProcessBuilder("sh", link.toString(), "diff", "a b");
    builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
    builder.environment().put("JAVA_OPTS", "-Xmx128m -ea");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(out.lines())
        .containsExactly(
            "<-XX:+ExitOnOutOfMemoryError>",
            "<-Xmx128m>",
            "<-ea>",
            "<-jar>",
            "<" + bin.toRealPath().resolve("reconciler-1-cli.jar") + ">",
            "<diff>",
            "<a b>");
  }

  private static List<String> completed(Path script, String... words) throws Exception {
    StringBuilder all = new StringBuilder();
    for (String word : words) {
      all.append(" '").append(word).append('\'');
    }
    String asked =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_reconciler; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script, all, words.length - 1);
    Process process = new ProcessBuilder("bash", "-c", asked).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return out.lines().map(String::strip).toList();
  }
}
