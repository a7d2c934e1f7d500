package io.crossfade.db;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MySQL 8.0 out of the Maven artifact that the build profile {@code mysql} unpacks, on a free port,
 * gone with the JVM. Linux only; needs libaio.
 */
final class EmbeddedMySql {

  private EmbeddedMySql() {}

  static TestDatabase.Server start() {
    try {
      Path home = Files.createTempDirectory("crossfade-mysql");
      Path init = Files.writeString(home.resolve("init.sql"), TestServers.CREATE_ADMIN);
      File log = home.resolve("mysqld.log").toFile();
      List<String> common = command(home);
      initialise(common, log);
      int port = TestServers.freePort();
      List<String> own =
          List.of(
              "--port=" + port,
              "--mysqlx=OFF",
              "--socket=" + home.resolve("mysqld.sock"),
              "--pid-file=" + home.resolve("mysqld.pid"),
              "--skip-log-bin",
              "--init-file=" + init);
      Process server = run(with(with(common, own), TestServers.SERVER_ARGUMENTS), log);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.destroy();
                    server.onExit().join();
                    TestServers.deleteTree(home);
                  }));
      return TestServers.awaitAdmin(port);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot start the embedded MySQL", e);
    }
  }

  /** The server and what it is told in any case, for data below a directory. */
  static List<String> command(Path home) throws IOException {
    Path distribution = Path.of(System.getProperty("crossfade.test.mysql-home"));
    Path mysqld = distribution.resolve("bin/mysqld");
    if (!Files.exists(mysqld)) {
      throw new IllegalStateException(
          "No " + mysqld + ": build the whole project once with -Dcrossfade.test.database=mysql");
    }
    if (!mysqld.toFile().setExecutable(true)) {
      throw new IOException("Cannot make executable: " + mysqld);
    }
    return List.of(
        mysqld.toString(),
        "--no-defaults",
        "--basedir=" + distribution,
        "--datadir=" + home.resolve("data"),
        "--lc-messages-dir=" + distribution.resolve("share"),
        "--user=" + System.getProperty("user.name"));
  }

  /** Makes its empty data. */
  static void initialise(List<String> command, File log) throws IOException {
    run(with(command, List.of("--initialize-insecure")), log).onExit().join();
  }

  private static Process run(List<String> command, File log) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private static List<String> with(List<String> command, List<String> more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(more);
    return all;
  }
}
