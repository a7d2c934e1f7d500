package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The peer: {@code pt-table-sync --print} of Percona's toolkit, on the path. */
final class PtTableSync {

  private static final int MINUTES = 30;

  private PtTableSync() {}

  /**
   * What it prints of a table that both outputs have, by chunks of 10,000 rows.
   *
   * @return its lines, the statements among them
   */
  static List<String> print(DbSettings schemas, String table)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("pt-table-sync", ".log");
    Process process =
        new ProcessBuilder(
                List.of(
                    "pt-table-sync",
                    "--print",
                    "--verbose",
                    "--no-check-slave",
                    "--no-check-triggers",
                    "--algorithms",
                    "Chunk",
                    "--chunk-size",
                    "10000",
                    dsn(schemas.legacy(), table),
                    dsn(schemas.stream(), table)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("pt-table-sync does not end");
    }
    return Files.readAllLines(output);
  }

  private static String dsn(DbSettings.Schema schema, String table) {
    return "h=127.0.0.1,P=%d,u=%s,p=%s,D=%s,t=%s"
        .formatted(
            TestDatabase.port(),
            schema.username(),
            schema.password(),
            TestDatabase.nameOf(schema),
            table);
  }
}
