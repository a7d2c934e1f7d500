package io.crossfade.db.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A process that is told to stop ends in its time, whatever hangs in it. */
class StopDeadlineTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String STARTED = "started";

  /** What becomes of the word that the time is over. */
  enum Telling {
    SAYS,
    HANGS,
    FAILS;

    void tell(String line) {
      System.out.println(line);
      switch (this) {
        case SAYS -> {}
        case HANGS -> Program.hang();
        case FAILS -> throw new IllegalStateException("nobody reads");
      }
    }
  }

  /** Waits for its end with a hook that never ends. */
  static final class Program {

    private Program() {}

    public static void main(String... arguments) {
      Telling telling = Telling.valueOf(arguments[0]);
      StopDeadline deadline = StopDeadline.watch(telling::tell);
      GenericApplicationContext context = new GenericApplicationContext();
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("short", Map.of(StopDeadline.SETTING, "200ms")));
      deadline.initialize(context);
      Runtime.getRuntime().addShutdownHook(new Thread(Program::hang));
      System.out.println(STARTED);
      hang();
    }

    private static void hang() {
      CountDownLatch never = new CountDownLatch(1);
      while (true) {
        try {
          never.await();
        } catch (InterruptedException e) {
          // Hangs on.
        }
      }
    }
  }

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void endsThoughAHookHangsAndNobodyHearsWhatWasLeft(Telling telling) throws Exception {
    Path said = directory.resolve("said");
    Process process = start(said, telling);
    try {
      await().atMost(PATIENCE).until(() -> Files.readString(said).contains(STARTED));
      process.destroy();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(StopDeadline.EXIT_CODE);
      assertThat(said).content().contains("The stop took longer than");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Path said, Telling telling) throws IOException {
    List<String> command = JavaCommand.of(Program.class, List.of("-XX:TieredStopAtLevel=1"));
    command.add(telling.name());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }
}
