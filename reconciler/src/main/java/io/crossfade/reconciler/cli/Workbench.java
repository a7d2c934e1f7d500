package io.crossfade.reconciler.cli;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.DbConfiguration;
import io.crossfade.reconciler.ReconcilerConfiguration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command needs: settings, and the three schemas. */
final class Workbench {

  /**
   * Where a router looks when nothing is said. And a person waits for a stop; nothing is lost, for
   * a run that was begun is gone on with.
   */
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          "crossfade.db.control.url", "jdbc:mysql://localhost:3306/crossfade_control",
          "crossfade.db.legacy.url", "jdbc:mysql://localhost:3306/crossfade_legacy",
          "crossfade.db.stream.url", "jdbc:mysql://localhost:3306/crossfade_stream",
          "crossfade.stop.timeout", "10s");

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "A setting, for example crossfade.db.legacy.url=jdbc:mysql://host/schema")
  private List<String> settings = List.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** Opens the schemas; the caller closes. */
  Open open() {
    SpringApplication application = new SpringApplication(CliConfiguration.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(org.springframework.boot.Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(true);
    application.setDefaultProperties(DEFAULTS);
    if (command.root().userObject() instanceof ReconcilerCli cli) {
      application.addInitializers(cli.initializers());
    }
    return new Open(application.run(arguments("--crossfade.db.migrate=false")));
  }

  /** Reads the settings alone, which say what kinds there are. */
  void readKinds() {
    SpringApplication application = new SpringApplication(Nothing.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(org.springframework.boot.Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.run(arguments()).close();
  }

  private String[] arguments(String... own) {
    List<String> arguments = new ArrayList<>(List.of(own));
    // What a command says is its result, and what went wrong one line beside it.
    arguments.add("--logging.threshold.console=off");
    settings.forEach(setting -> arguments.add("--" + setting));
    return arguments.toArray(String[]::new);
  }

  /** An application that does nothing. */
  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  /** The schemas, open. */
  record Open(ConfigurableApplicationContext context) implements AutoCloseable {

    HikariDataSource control() {
      return context.getBean("controlDataSource", HikariDataSource.class);
    }

    HikariDataSource legacy() {
      return context.getBean("legacyDataSource", HikariDataSource.class);
    }

    HikariDataSource stream() {
      return context.getBean("streamDataSource", HikariDataSource.class);
    }

    <T> T get(Class<T> type) {
      return context.getBean(type);
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /** A reconciler without a router around it. */
  @Configuration(proxyBeanMethods = false)
  @Import({DbConfiguration.class, ReconcilerConfiguration.class})
  @ImportAutoConfiguration(PropertyPlaceholderAutoConfiguration.class)
  static class CliConfiguration {

    @Bean
    InstantSource clock() {
      return InstantSource.system();
    }
  }
}
