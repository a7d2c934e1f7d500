package io.crossfade.db;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.MySQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers in containers, for machines whose Docker engine answers. */
public final class DockerServers {

  private static final int REDIS_PORT = 6379;

  private DockerServers() {}

  public static boolean available() {
    return !Boolean.getBoolean("crossfade.test.embedded")
        && DockerClientFactory.instance().isDockerAvailable();
  }

  @SuppressWarnings("resource") // lives as long as the JVM; Ryuk removes it
  static TestDatabase.Server startDatabase(boolean mysql) {
    DockerImageName image =
        mysql
            ? DockerImageName.parse("mysql:8.0.33")
            : DockerImageName.parse("mariadb:11.4").asCompatibleSubstituteFor("mysql");
    MySQLContainer<?> container =
        new MySQLContainer<>(image).withUsername("root").withPassword(TestDatabase.PASSWORD);
    container.start();
    String url =
        "jdbc:mysql://%s:%d".formatted(container.getHost(), container.getFirstMappedPort());
    return new TestDatabase.Server(url, "root", TestDatabase.PASSWORD);
  }

  /** Starts a Redis that keeps every append and returns its port on this machine. */
  @SuppressWarnings("resource") // lives as long as the JVM; Ryuk removes it
  public static int startRedis() {
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse("redis:7.2"))
            .withExposedPorts(REDIS_PORT)
            .withCommand("redis-server", "--appendonly", "yes");
    container.start();
    return container.getFirstMappedPort();
  }
}
