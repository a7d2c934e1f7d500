package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three schemas beside the real ones, on the same servers, for a trial that must not touch a row of
 * theirs. They go when this is closed.
 */
public final class ScratchSchemas implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ScratchSchemas.class);
  private static final Pattern URL = Pattern.compile("(jdbc:mysql://[^/]+/)(\\w+)(\\?.*)?");
  private static final int LONGEST_NAME = 64;

  private record Scratch(DbSettings.Schema schema, String server, String name) {}

  private final List<Scratch> scratches = new ArrayList<>();
  private final List<HikariDataSource> pools = new ArrayList<>();

  private ScratchSchemas() {}

  /**
   * Makes them with the credentials for migrations, or the schemas' own when there are none.
   *
   * @throws SQLException when that user may not create schemas; then none is left behind
   */
  public static ScratchSchemas create(DbSettings settings) throws SQLException {
    ScratchSchemas made = new ScratchSchemas();
    try {
      String suffix = "_selftest_" + Long.toHexString(ThreadLocalRandom.current().nextInt() >>> 1);
      made.add("control", settings.control(), settings.migration(), suffix + "_c");
      made.add("output", settings.legacy(), settings.migration(), suffix + "_l");
      made.add("output", settings.stream(), settings.migration(), suffix + "_s");
      return made;
    } catch (SQLException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  public HikariDataSource control() {
    return pools.get(0);
  }

  public HikariDataSource legacy() {
    return pools.get(1);
  }

  public HikariDataSource stream() {
    return pools.get(2);
  }

  /** Drops the schemas. */
  @Override
  public void close() {
    pools.forEach(HikariDataSource::close);
    for (Scratch scratch : scratches) {
      try {
        execute(scratch, "DROP DATABASE IF EXISTS " + scratch.name());
      } catch (SQLException e) {
        log.error("Scratch schema {} is left: {}", scratch.name(), e.getMessage());
      }
    }
  }

  private void add(
      String scripts,
      DbSettings.Schema beside,
      DbSettings.@Nullable Credentials migration,
      String suffix)
      throws SQLException {
    Matcher url = URL.matcher(beside.url());
    if (!url.matches()) {
      throw new IllegalArgumentException("Cannot put a schema beside " + beside.url());
    }
    String stem = url.group(2);
    String name =
        stem.substring(0, Math.min(stem.length(), LONGEST_NAME - suffix.length())) + suffix;
    String rest = url.group(3) == null ? "" : url.group(3);
    DbSettings.Schema schema =
        new DbSettings.Schema(
            url.group(1) + name + rest,
            migration == null ? beside.username() : migration.username(),
            migration == null ? beside.password() : migration.password(),
            beside.connections());
    Scratch scratch = new Scratch(schema, url.group(1) + rest, name);
    // A name of word characters only: the pattern of the settings and of the suffix.
    execute(scratch, "CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    scratches.add(scratch);
    Schemas.migrate(scripts, schema, null);
    pools.add(Schemas.open("selftest" + suffix, schema));
  }

  private static void execute(Scratch scratch, String sql) throws SQLException {
    DbSettings.Schema as = scratch.schema();
    try (Connection connection =
            DriverManager.getConnection(scratch.server(), as.username(), as.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
