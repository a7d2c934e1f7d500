package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.JavaCommand;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.process.StopDeadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands whose database is away, or hangs. */
class DatabaseAwayIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final CutLink link = new CutLink(TestDatabase.port());
  private final DbSettings schemas = TestDatabase.newSchemasBehind(link);
  @TempDir private Path directory;

  @AfterEach
  void close() throws IOException {
    link.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs", "compare --drained --from 2000-01-01", "pause --reason backup"})
  void isOneClearLineAndAnErrorAndNoVerdict(String command) {
    link.cut();
    Cli.Said said = new Cli(schemas).run(command.split(" "));
    assertThat(said.code()).as(said.err()).isEqualTo(ExitCode.ERROR);
    assertThat(said.out()).isEmpty();
    assertThat(said.err().strip().lines())
        .singleElement()
        .asString()
        .startsWith("error: ")
        .contains("127.0.0.1:%d/".formatted(link.port()))
        .contains("is not in use yet: Communications link failure");
  }

  /** It would wait for its start to end, which waits for the database. */
  @Test
  void toldToStopItEndsInItsTimeThoughTheDatabaseHangs() throws Exception {
    link.swallow();
    List<String> command = JavaCommand.of(ReconcilerCli.class, List.of("-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("runs", "--set=crossfade.stop.timeout=1s"));
    command.addAll(Cli.arguments(schemas));
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      await("a connection").atMost(PATIENCE).until(link::isUsed);
      process.destroy();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(() -> read(said)).isEqualTo(StopDeadline.EXIT_CODE);
      assertThat(said).content().contains("error: The stop took longer than 1 s");
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
