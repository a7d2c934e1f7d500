package io.crossfade.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What the embedded servers share. */
public final class TestServers {

  static final String ADMIN = "crossfade_admin";

  /** MariaDB installs an anonymous local user who would come before ours. */
  static final String CREATE_ADMIN =
      """
      DROP USER IF EXISTS ''@'localhost';
      CREATE USER '%1$s'@'%%' IDENTIFIED BY '%2$s';
      GRANT ALL ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;
      """
          .formatted(ADMIN, TestDatabase.PASSWORD);

  /** Room for a load run; the durability of a default installation. */
  static final List<String> SERVER_ARGUMENTS =
      List.of(
          "--bind-address=127.0.0.1",
          "--character-set-server=utf8mb4",
          "--collation-server=utf8mb4_bin",
          "--innodb-buffer-pool-size=512M",
          "--innodb-flush-log-at-trx-commit=1",
          "--max-connections=300",
          "--max-allowed-packet=64M");

  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  private static final int FIRST_PORT = 20_000;
  private static final int FIRST_OUTGOING_PORT = 32_768;

  private TestServers() {}

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /**
   * A port that nobody listens on, and that stays free until it is used: below those that systems
   * give to outgoing connections, one of which has taken a port while a router was starting.
   */
  public static int freePort() {
    return IntStream.generate(
            () -> ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_OUTGOING_PORT))
        .filter(TestServers::isFree)
        .findFirst()
        .orElseThrow();
  }

  /** The same, of a server that listens on a second port, so much above the first. */
  public static int freePort(int above) {
    return IntStream.generate(TestServers::freePort)
        .filter(port -> port + above < FIRST_OUTGOING_PORT && isFree(port + above))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  static TestDatabase.Server awaitAdmin(int port) {
    String url = "jdbc:mysql://127.0.0.1:" + port;
    Awaitility.await("database at " + url).atMost(START_TIMEOUT).until(() -> answers(url + "/"));
    return new TestDatabase.Server(url, ADMIN, TestDatabase.PASSWORD);
  }

  private static boolean answers(String url) {
    try (Connection connection = DriverManager.getConnection(url, ADMIN, TestDatabase.PASSWORD)) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Sends a process a signal, for example {@code STOP}. */
  public static void signal(Process process, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes a directory and all in it, as far as it can. */
  public static void deleteTree(Path root) {
    try (Stream<Path> paths = Files.walk(root)) {
      paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // A temporary directory that stays behind is a nuisance and not an error.
    }
  }
}
