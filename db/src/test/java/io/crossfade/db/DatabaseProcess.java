package io.crossfade.db;

import java.io.Closeable;
import java.io.File;
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
 * A database server as a process that a test can kill, stop, hang and start again on the same data:
 * MySQL 8.0 with {@code -Dcrossfade.test.database=mysql}, else MariaDB. Linux only.
 */
public final class DatabaseProcess implements Closeable {

  /** So that a small disk holds it. */
  private static final List<String> SMALL =
      isMySql()
          ? List.of("--innodb-buffer-pool-size=128M", "--innodb-redo-log-capacity=64M")
          : List.of("--innodb-buffer-pool-size=128M", "--innodb-log-file-size=32M");

  private final Path home;
  private final int port = TestServers.freePort();
  private final List<String> command;
  private final TestDatabase.Server server;
  private Process process;

  /**
   * Starts a server on empty data, which needs little room and speaks no TLS where it does not do
   * so by itself.
   *
   * @param disk an empty directory for its data; a test may fill that disk
   */
  public DatabaseProcess(Path disk) {
    this(disk, SMALL, EmbeddedMariaDb.withoutTls());
  }

  /**
   * @param options that come last, and count
   * @param tls options of a server that speaks TLS, or of one that does not
   */
  DatabaseProcess(Path disk, List<String> options, List<String> tls) {
    this(disk, isMySql(), options, tls);
  }

  private DatabaseProcess(Path disk, boolean mySql, List<String> options, List<String> tls) {
    this.home = disk;
    try {
      Path init = Files.writeString(disk.resolve("init.sql"), TestServers.CREATE_ADMIN);
      this.command =
          new ArrayList<>(
              mySql ? EmbeddedMySql.install(disk, log()) : EmbeddedMariaDb.install(disk));
      command.addAll(tls);
      command.addAll(
          List.of(
              "--port=" + port,
              "--socket=" + disk.resolve("server.sock"),
              "--pid-file=" + disk.resolve("server.pid"),
              "--skip-log-bin"));
      command.addAll(TestServers.SERVER_ARGUMENTS);
      command.addAll(options);
      this.process = launch("--init-file=" + init);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    this.server = TestServers.awaitAdmin(port);
  }

  /** Starts the server that all tests of this JVM share. */
  static TestDatabase.Server shared() {
    return shared(isMySql());
  }

  /** The same, of one kind or the other. */
  static TestDatabase.Server shared(boolean mySql) {
    Path disk;
    try {
      disk = Files.createTempDirectory("crossfade-database");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean tls = Boolean.getBoolean(EmbeddedMariaDb.WITH_TLS);
    DatabaseProcess shared =
        new DatabaseProcess(
            disk, mySql, List.of(), tls ? List.of() : EmbeddedMariaDb.withoutTls(mySql));
    Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    return shared.server;
  }

  static boolean isMySql() {
    return "mysql".equals(System.getProperty("crossfade.test.database"));
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
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
        .start();
  }

  private File log() {
    return home.resolve("server.log").toFile();
  }
}
