package io.crossfade.router;

import io.crossfade.db.DbSettings;
import io.crossfade.db.Kind;
import io.crossfade.db.KindsSetting;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.intake.UploadServlet;
import io.crossfade.router.rehearsal.Rehearsal;
import io.crossfade.stream.TestRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * The router with real servers that it starts by itself. With {@code --rehearse} a simulated fleet
 * drives it, both outputs are compared, and the exit code is the verdict; without, it stays up for
 * {@code curl}.
 */
public final class TestRouterApplication {

  /** Of both users of the API. */
  static final String PASSWORD = "rehearsal";

  private static final String PASSWORD_HASH = new BCryptPasswordEncoder(10).encode(PASSWORD);

  private TestRouterApplication() {}

  public static void main(String[] arguments) throws Exception {
    useKinds(arguments);
    boolean rehearse = Arrays.asList(arguments).contains("--rehearse");
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--logging.level.ch.vorburger=off");
    all.add("--logging.level.org.testcontainers=off");
    if (rehearse) {
      all.add("--server.port=0");
      all.add("--management.server.port=0");
      all.add("--spring.main.banner-mode=off");
      all.add("--logging.level.root=warn");
    }
    TestRedis redis = rehearse ? new TestRedis() : null;
    ConfigurableApplicationContext router =
        redis == null ? start(all) : start(TestDatabase.newSchemas(), redis.port(), all);
    if (redis == null) {
      String uploads =
          Kind.all().contains(Kind.HEALTH)
              ? "'{\"data\":{\"deviceSn\":\"DEV1\",\"heart_rate\":72}}'"
              : "@upload.json";
      Kind first = Kind.values()[0];
      System.out.printf(
          "%nThe router is up with servers of its own. Try:%n  curl -d"
              + " %3$s localhost:%1$s%4$s%n  curl -u operator:%2$s"
              + " localhost:%1$s/api/rollout%n  a browser at http://localhost:%1$s/console, user"
              + " operator or viewer, password %2$s%n",
          router.getEnvironment().getProperty("local.server.port"),
          PASSWORD,
          uploads,
          UploadServlet.path(first, /* v2= */ false));
      return;
    }
    Rehearsal.Verdict verdict = new Rehearsal(router, redis).run();
    router.close();
    System.out.println(verdict.report());
    System.exit(verdict.passed() ? 0 : 1);
  }

  /** What prepares the servers asks for kinds before the router reads its settings. */
  private static void useKinds(String... arguments) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
    KindsSetting.use(environment);
  }

  /**
   * Starts a router on fresh schemas and a key prefix of its own, in shadow: all kinds
   * dual-written.
   */
  public static ConfigurableApplicationContext start(List<String> arguments) {
    return start(TestDatabase.newSchemas(), TestRedis.sharedPort(), arguments);
  }

  /** Starts a router on given servers; several on the same are instances of one. */
  public static ConfigurableApplicationContext start(
      DbSettings schemas, int redisPort, List<String> arguments) {
    return new SpringApplication(RouterApplication.class)
        .run(arguments(schemas, redisPort, arguments).toArray(String[]::new));
  }

  /** What a router must be told of its servers; {@code more} comes last and wins. */
  public static List<String> arguments(DbSettings schemas, int redisPort, List<String> more) {
    List<String> arguments = new ArrayList<>();
    Map.of("control", schemas.control(), "legacy", schemas.legacy(), "stream", schemas.stream())
        .forEach(
            (name, schema) -> {
              arguments.add("--crossfade.db.%s.url=%s".formatted(name, schema.url()));
              arguments.add("--crossfade.db.%s.username=%s".formatted(name, schema.username()));
              arguments.add("--crossfade.db.%s.password=%s".formatted(name, schema.password()));
            });
    DbSettings.Credentials migration = schemas.migration();
    if (migration != null) {
      arguments.add("--crossfade.db.migration.username=" + migration.username());
      arguments.add("--crossfade.db.migration.password=" + migration.password());
    }
    arguments.add("--spring.data.redis.host=127.0.0.1");
    arguments.add("--spring.data.redis.port=" + redisPort);
    arguments.add("--crossfade.stream.key-prefix=" + TestRedis.newPrefix());
    // A cold process beside its servers on two noisy cores: slow is not away.
    arguments.add("--crossfade.stream.append-timeout=5s");
    arguments.add("--resilience4j.circuitbreaker.instances.stream.slow-call-duration-threshold=5s");
    arguments.add("--crossfade.rollout.initial=shadow");
    // Spring Boot makes a temporary directory for each server, and leaves it.
    arguments.add("--server.tomcat.basedir=" + Path.of("target", "tomcat").toAbsolutePath());
    // Instances share a directory exactly when they share their schemas.
    arguments.add(
        "--crossfade.accounting.directory="
            + Path.of(
                    "target", "accounting", schemas.control().url().replaceAll(".*/(\\w+).*", "$1"))
                .toAbsolutePath());
    arguments.add(
        "--crossfade.rollout.directory="
            + Path.of("target", "flags", schemas.control().url().replaceAll(".*/(\\w+).*", "$1"))
                .toAbsolutePath());
    for (String role : List.of("operator", "viewer")) {
      arguments.add("--crossfade.operator.users.%1$s.role=%1$s".formatted(role));
      arguments.add("--crossfade.operator.users.%s.password=%s".formatted(role, PASSWORD_HASH));
    }
    Map<String, String> byName = new LinkedHashMap<>();
    arguments.addAll(more);
    arguments.forEach(argument -> byName.put(argument.replaceAll("=.*", ""), argument));
    return List.copyOf(byName.values());
  }
}
