package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

  private static final String SELFTEST = "_selftest_";

  /**
   * One of them.
   *
   * @param stem of its name, which others of its kind share
   */
  private record Scratch(
      String scripts, DbSettings.Schema schema, String server, String stem, String name) {}

  private final List<Scratch> scratches = new ArrayList<>();
  private final List<HikariDataSource> pools = new ArrayList<>();

  private ScratchSchemas() {}

  /**
   * Makes them with the credentials for migrations, or the schemas' own when there are none. What
   * that user may do is tried first, on all servers.
   *
   * @throws SQLException when that user lacks rights, with the statements that would give them;
   *     then nothing was done
   */
  public static ScratchSchemas create(DbSettings settings) throws SQLException {
    String unique = Long.toHexString(ThreadLocalRandom.current().nextInt() >>> 1);
    List<Scratch> wanted =
        List.of(
            scratch("control", settings.control(), settings.migration(), unique + "_c"),
            scratch("output", settings.legacy(), settings.migration(), unique + "_l"),
            scratch("output", settings.stream(), settings.migration(), unique + "_s"));
    tryRights(wanted);
    ScratchSchemas made = new ScratchSchemas();
    try {
      for (Scratch scratch : wanted) {
        made.add(scratch);
      }
      return made;
    } catch (SQLException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private static void tryRights(List<Scratch> wanted) throws SQLException {
    List<String> grants = new ArrayList<>();
    for (Scratch scratch : wanted) {
      try (Connection connection = connect(scratch)) {
        Set<String> lacking = ScratchRights.lacking(connection, scratch.name());
        if (!lacking.isEmpty()) {
          grants.add(ScratchRights.grant(connection, lacking, scratch.stem()));
        }
      }
    }
    if (!grants.isEmpty()) {
      throw new ScratchRights.LackingException(grants);
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

  private static Scratch scratch(
      String scripts,
      DbSettings.Schema beside,
      DbSettings.@Nullable Credentials migration,
      String suffix) {
    Matcher url = URL.matcher(beside.url());
    if (!url.matches()) {
      throw new IllegalArgumentException("Cannot put a schema beside " + beside.address());
    }
    String own = url.group(2);
    int room = LONGEST_NAME - SELFTEST.length() - suffix.length();
    String stem = own.substring(0, Math.min(own.length(), room)) + SELFTEST;
    String rest = url.group(3) == null ? "" : url.group(3);
    DbSettings.Schema schema =
        new DbSettings.Schema(
            url.group(1) + stem + suffix + rest,
            migration == null ? beside.username() : migration.username(),
            migration == null ? beside.password() : migration.password(),
            beside.connections());
    return new Scratch(scripts, schema, url.group(1) + rest, stem, stem + suffix);
  }

  private void add(Scratch scratch) throws SQLException {
    // A name of word characters only: the pattern of the settings and of the suffix.
    execute(
        scratch,
        "CREATE DATABASE " + scratch.name() + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    scratches.add(scratch);
    Schemas.migrate(scratch.scripts(), scratch.schema(), null);
    pools.add(Schemas.open(scratch.name(), scratch.schema()));
  }

  private static void execute(Scratch scratch, String sql) throws SQLException {
    try (Connection connection = connect(scratch);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(Scratch scratch) throws SQLException {
    DbSettings.Schema as = scratch.schema();
    return DriverManager.getConnection(scratch.server(), as.username(), as.password());
  }
}
