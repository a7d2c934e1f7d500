package io.crossfade.reconciler.cli;

import io.crossfade.db.DbSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line as a person has it, on the schemas of a test. */
final class Cli {

  /** What a command said. */
  record Said(int code, String out, String err) {}

  private final List<String> settings;

  Cli(DbSettings schemas, String... more) {
    settings = new ArrayList<>(arguments(schemas));
    for (String setting : more) {
      String name = setting.substring(0, setting.indexOf('=') + 1);
      settings.removeIf(known -> known.startsWith("--set=" + name));
      settings.add("--set=" + setting);
    }
  }

  static List<String> arguments(DbSettings schemas) {
    List<String> arguments = new ArrayList<>();
    set(arguments, "control", schemas.control());
    set(arguments, "legacy", schemas.legacy());
    set(arguments, "stream", schemas.stream());
    return arguments;
  }

  /**
   * Runs a command in this JVM.
   *
   * @param command its name and options; the schemas are added
   */
  Said run(String... command) {
    List<String> arguments = new ArrayList<>(Arrays.asList(command));
    arguments.addAll(settings);
    return run(arguments);
  }

  /** Runs a command that needs none of the schemas. */
  static Said run(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        ReconcilerCli.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    return new Said(code, out.toString(), err.toString());
  }

  private static void set(List<String> arguments, String name, DbSettings.Schema schema) {
    String prefix = "crossfade.db." + name + ".";
    for (String setting :
        List.of(
            prefix + "url=" + schema.url(),
            prefix + "username=" + schema.username(),
            prefix + "password=" + schema.password())) {
      arguments.add("--set=" + setting);
    }
  }
}
