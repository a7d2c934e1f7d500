package io.crossfade.router;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.RolloutFlags;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/** The last lines of a start: where this router answers, and where each kind goes. */
final class StartLines implements ApplicationListener<ApplicationReadyEvent> {

  private static final Logger log = LoggerFactory.getLogger(StartLines.class);

  private final RolloutFlags flags;

  StartLines(RolloutFlags flags) {
    this.flags = flags;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    Environment environment = event.getApplicationContext().getEnvironment();
    String router = address(environment, "server", "local.server.port");
    log.info("Console at {}/console, API at {}/api", router, router);
    log.info(
        "Health and metrics at {}/actuator",
        address(environment, "management.server", "local.management.port"));
    log.info(
        "Stages: {}",
        Arrays.stream(Kind.values())
            .map(kind -> kind.label() + " " + flags.of(kind).place())
            .collect(Collectors.joining(", ")));
  }

  private static String address(Environment environment, String prefix, String port) {
    boolean tls =
        environment.getProperty(prefix + ".ssl.enabled", Boolean.class, Boolean.TRUE)
            && (environment.containsProperty(prefix + ".ssl.bundle")
                || environment.containsProperty(prefix + ".ssl.key-store")
                || environment.containsProperty(prefix + ".ssl.certificate"));
    String host = environment.getProperty(prefix + ".address", "localhost");
    return "%s://%s:%s"
        .formatted(
            tls ? "https" : "http",
            host.contains(":") ? "[" + host + "]" : host,
            environment.getProperty(port, environment.getProperty("local.server.port", "?")));
  }
}
