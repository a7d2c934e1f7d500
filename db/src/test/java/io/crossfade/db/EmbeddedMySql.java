package io.crossfade.db;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MySQL 8.0 out of the Maven artifact that the build profile {@code mysql} unpacks. Linux only;
 * needs libaio.
 */
final class EmbeddedMySql {

  private EmbeddedMySql() {}

  /**
   * Makes empty data below a directory.
   *
   * @return the server and what it is told in any case
   */
  static List<String> install(Path home, File log) throws IOException {
    Path distribution = Path.of(System.getProperty("crossfade.test.mysql-home"));
    Path mysqld = distribution.resolve("bin/mysqld");
    if (!Files.exists(mysqld)) {
      throw new IllegalStateException(
          "No " + mysqld + ": build the whole project once with -Dcrossfade.test.database=mysql");
    }
    if (!mysqld.toFile().setExecutable(true)) {
      throw new IOException("Cannot make executable: " + mysqld);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                mysqld.toString(),
                "--no-defaults",
                "--basedir=" + distribution,
                "--datadir=" + home.resolve("data"),
                "--lc-messages-dir=" + distribution.resolve("share"),
                // A server that starts deletes what others have in a directory that they share.
                "--tmpdir=" + Files.createDirectories(home.resolve("tmp")),
                "--mysqlx=OFF",
                "--user=" + System.getProperty("user.name")));
    List<String> initialise = new ArrayList<>(command);
    initialise.add("--initialize-insecure");
    new ProcessBuilder(initialise)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start()
        .onExit()
        .join();
    return command;
  }
}
