package io.crossfade.db.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.JavaCommand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In processes of their own, which have to end. */
class FatalErrorsTest {

  /** Where memory runs out. */
  private enum Place implements LoopName {
    LOOP,
    TASK_OF_A_LOOP,
    THREAD,
    VIRTUAL_THREAD;

    @Override
    public String label() {
      return name();
    }

    @Override
    public Duration longestSilence() {
      return Duration.ofMinutes(1);
    }
  }

  /** Runs out of memory and then waits for ever. */
  static final class Victim {

    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      FatalErrors.endProcessOfAnyThread();
      Place place = Place.valueOf(arguments[0]);
      switch (place) {
        case LOOP ->
            new Loops()
                .start(
                    place,
                    "",
                    loop -> {
                      fill();
                      return LoopStep.Next.again();
                    });
        case TASK_OF_A_LOOP ->
            new Loops()
                .start(
                    place,
                    "",
                    loop -> {
                      CompletableFuture.runAsync(Victim::fill).get();
                      return LoopStep.Next.again();
                    });
        case THREAD -> Thread.ofPlatform().start(Victim::fill);
        case VIRTUAL_THREAD -> Thread.ofVirtual().start(Victim::fill);
      }
      new CountDownLatch(1).await();
    }

    private static void fill() {
      long[][] all = new long[1 << 20][];
      for (int i = 0; i < all.length; i++) {
        all[i] = new long[1 << 17];
      }
      throw new IllegalStateException("%d arrays fitted".formatted(all.length));
    }
  }

  @ParameterizedTest
  @EnumSource
  void processThatRunsOutOfMemoryEnds(Place place) throws Exception {
    List<String> command = JavaCommand.of(Victim.class, List.of("-Xmx32m"));
    command.add(place.name());
    Process victim = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      assertThat(victim.waitFor(2, TimeUnit.MINUTES)).isTrue();
      String said = new String(victim.getInputStream().readAllBytes());
      assertThat(said).contains("Out of memory");
      assertThat(victim.exitValue()).as(said).isEqualTo(FatalErrors.EXIT_CODE);
    } finally {
      victim.destroyForcibly();
    }
  }

  @Test
  void onlyWhatTheJvmCannotGoOnAfterIsFatal() {
    OutOfMemoryError memory = new OutOfMemoryError("Java heap space");
    assertThat(FatalErrors.isFatal(memory)).isTrue();
    assertThat(FatalErrors.isFatal(new ExecutionException(new CompletionException(memory))))
        .isTrue();
    assertThat(FatalErrors.isFatal(new UnknownError())).isTrue();
    assertThat(FatalErrors.isFatal(new StackOverflowError())).isFalse();
    assertThat(
            FatalErrors.isFatal(new InternalError("a fault occurred in an unsafe memory access")))
        .isFalse();
    assertThat(FatalErrors.isFatal(new LinkageError())).isFalse();
    assertThat(FatalErrors.isFatal(null)).isFalse();
    Exception circle = new Exception();
    circle.initCause(new Exception(circle));
    assertThat(FatalErrors.isFatal(circle)).isFalse();
  }
}
