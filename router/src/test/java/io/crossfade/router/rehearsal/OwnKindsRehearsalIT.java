package io.crossfade.router.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.router.KindJar;
import io.crossfade.router.RouterProcess;
import io.crossfade.router.TestRouterApplication;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first command of README.md with kinds of one's own, in a process, which has them for good.
 */
class OwnKindsRehearsalIT {

  @TempDir private Path directory;

  /** One by file, one by code. */
  @Test
  void kindsOfTheExamplesAreRehearsed() throws Exception {
    Path jars = KindJar.of(Path.of("examples", "meters"), directory);
    List<String> jvm =
        Stream.concat(
                Stream.of("-Xmx512m", "-XX:TieredStopAtLevel=1"),
                System.getProperties().stringPropertyNames().stream()
                    .filter(name -> name.startsWith("crossfade.test."))
                    .map(name -> "-D%s=%s".formatted(name, System.getProperty(name))))
            .toList();
    try (RouterProcess rehearsal =
        RouterProcess.beside(
            jars,
            Optional.empty(),
            TestRouterApplication.class,
            jvm,
            List.of(
                "--rehearse",
                "--crossfade.kinds=file:examples/orders/orders.yaml,service:meters",
                "--crossfade.rehearsal.devices=20",
                "--crossfade.rehearsal.duration=8s"))) {
      int exit = rehearsal.awaitEnd();
      String log = rehearsal.log();
      assertThat(exit).as(log).isZero();
      assertThat(log)
          .contains("verdict PASS", "consistency 100.000 %")
          .containsPattern("orders +[1-9][0-9,]* rows of orders must be there")
          .containsPattern("orders +[1-9][0-9,]* rows of order_lines must be there")
          .containsPattern("orders +[1-9][0-9,]* rows of order_state must be there")
          .containsPattern("meters +[1-9][0-9,]* rows of meter_readings must be there")
          .containsPattern("meters +[1-9][0-9,]* rows of meter_state must be there")
          .doesNotContain("OBJECTION", "health");
    }
  }
}
