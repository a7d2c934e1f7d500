package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of kinds, and what is said of files that name none, without a database. */
class DdlCommandTest {

  private static final String VISITS =
      """
      kinds:
        - name: visits
          code: 30
          fields:
            - visitor: text(40)
            - at: instant
            - page: text(2000)
          identity: visitor
          time: at
          cohort: visitor
      """;

  @TempDir private Path directory;

  /** In a process of its own: this one has the kinds that are built in. */
  @Test
  void tablesOfAFileArePrintedAndNothingElse() throws Exception {
    String out;
    try (CliProcesses processes = new CliProcesses(directory)) {
      Process process =
          processes.start(List.of(), List.of("ddl", "--set=crossfade.kinds=file:" + file(VISITS)));
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(processes.errors(process)).isZero();
      out = processes.text(process);
    }
    assertThat(out)
        .isEqualToIgnoringWhitespace(
            """
            CREATE TABLE `visits` (
              `id` BINARY(16) NOT NULL,
              `stamp` BIGINT NOT NULL,
              `route_reason` VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
              `written_at` DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) NOT NULL,
              `visitor` VARCHAR(40) NOT NULL,
              `at` DATETIME NOT NULL,
              `page` TEXT,
              PRIMARY KEY (id),
              KEY by_stamp (stamp)
            ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
            """);
  }

  @Test
  void tablesOfTheWatchesAreTheirMigrations() {
    Cli.Said said = Cli.run(List.of("ddl", "--kind", "device"));
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("CREATE TABLE t_device_info_history", "ADD COLUMN good");
  }

  @Test
  void kindThatIsNotThereIsNamedWithThoseThatAre() {
    Cli.Said said = Cli.run(List.of("ddl", "--kind", "visits"));
    assertThat(said.code()).isEqualTo(ExitCode.ERROR);
    assertThat(said.err())
        .contains("There is no kind of the name visits; there are health, device, event");
  }

  @Test
  void everyMistakeOfAFileIsSaidAndNothingElse() throws Exception {
    Path file = file(VISITS.replace("code: 30", "code: 3").replace("cohort: visitor", "cohort: x"));
    Cli.Said said = Cli.run(List.of("ddl", "--set=crossfade.kinds=file:" + file));
    assertThat(said.code()).isEqualTo(ExitCode.ERROR);
    assertThat(said.out()).isEmpty();
    assertThat(said.err().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("kinds.yaml:3:11: kinds[0].code: "))
        .anyMatch(line -> line.contains("kinds.yaml:10:13: kinds[0].cohort: "));
  }

  @Test
  void settingThatNamesNothingIsSaidInALine() {
    for (String setting :
        List.of("file:none.yaml", "orders.yaml", "service:none", "watches,watches")) {
      Cli.Said said = Cli.run(List.of("ddl", "--set=crossfade.kinds=" + setting));
      assertThat(said.code()).isEqualTo(ExitCode.ERROR);
      assertThat(said.err().lines())
          .singleElement()
          .asString()
          .startsWith("error: crossfade.kinds=" + setting + ": ");
    }
  }

  private Path file(String kinds) throws IOException {
    return Files.writeString(directory.resolve("kinds.yaml"), kinds);
  }
}
